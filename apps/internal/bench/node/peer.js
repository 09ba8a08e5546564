// The peer of BenchmarkPeer: the same read, with the same isolation.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import pg from 'pg'

const { Settings: settings, Hosts: tenants } = JSON.parse(process.env.BENCH_SERVE)
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

const app = Fastify()
app.get('/figures/:day', {
  schema: { response: { 200: { type: 'object', properties: { value: { type: 'integer' } } } } }
}, (request, reply) => {
  const tenant = tenants[request.hostname]
  return tenant ? read(tenant, request.params.day) : reply.code(404).send()
})

await app.listen({ host: '127.0.0.1', port: 0 })
const { address, port: bound } = app.server.address()
console.log(JSON.stringify({ Tenancy: `${address}:${bound}` }))
