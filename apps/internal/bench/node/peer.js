// The peer of BenchmarkPeer: the same read, with the same isolation, as Fastify
// and pg are commonly used. A guarded one also does with each request what our
// mux does: an id, security headers, a line of log, the counts and the time.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import pg from 'pg'
import prometheus from 'prom-client'

const { Settings: settings, Hosts: tenants, Headers: headers } = JSON.parse(process.env.BENCH_SERVE)
const [host, port] = settings.Read.split(':')

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({
  host,
  port: Number(port),
  database: settings.Database,
  user: settings.Login,
  password: readFileSync(settings.PasswordFile, 'utf8').trim(),
  max: settings.Connections
})

async function read (tenant, day) {
  const client = await pool.connect()
  try {
    await client.query('begin read only')
    await client.query(
      "select set_config('app.current_tenant', $1, true), set_config('search_path', $2, true), set_config('role', $2, true)",
      [tenant, 'tenant_' + tenant])
    const { rows } = await client.query('select value from figures where day = $1 and kind = $2', [day, 'visit'])
    await client.query('commit')
    return rows[0]
  } catch (problem) {
    await client.query('rollback')
    throw problem
  } finally {
    client.release()
  }
}

function guard (app) {
  const labels = ['method', 'endpoint']
  const requests = new prometheus.Counter({ name: 'requests_total', help: 'Requests answered.', labelNames: labels })
  const duration = new prometheus.Histogram({ name: 'response_time_seconds', help: 'Time to the answer.', labelNames: [...labels, 'code'] })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.url
    requests.inc({ method: request.method, endpoint })
    duration.observe({ method: request.method, endpoint, code: reply.statusCode }, reply.elapsedTime / 1000)
    request.log.info({ method: request.method, endpoint, code: reply.statusCode, milliseconds: reply.elapsedTime }, 'request')
  })
}

const app = Fastify(headers && {
  logger: { file: '/dev/null' },
  disableRequestLogging: true, // the hook writes the one line
  genReqId: () => randomBytes(16).toString('hex')
})
if (headers) guard(app)
app.get('/figures/:day', {
  schema: { response: { 200: { type: 'object', properties: { value: { type: 'integer' } } } } }
}, (request, reply) => {
  const tenant = tenants[request.hostname]
  return tenant ? read(tenant, request.params.day) : reply.code(404).send()
})

await app.listen({ host: '127.0.0.1', port: 0 })
const { address, port: bound } = app.server.address()
console.log(JSON.stringify({ Tenancy: `${address}:${bound}` }))
