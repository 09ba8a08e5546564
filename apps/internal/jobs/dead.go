package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Office shows a tenant the jobs that failed for good, and deals with them.
type Office struct{ inspector *asynq.Inspector }

// NewOffice returns the office of every queue that Redis knows: an export or an
// erasure that passed over one would be taken for whole.
func NewOffice(primary redis.UniversalClient) *Office {
	return &Office{inspector: asynq.NewInspectorFromRedisClient(primary)}
}

// queues are DefaultQueue, and those in which something was ever queued.
func (o *Office) queues() ([]string, error) {
	known, err := o.inspector.Queues()
	if err != nil {
		return nil, fmt.Errorf("jobs: list the queues: %w: %w", ErrAway, err)
	}
	if !slices.Contains(known, DefaultQueue) {
		known = append(known, DefaultQueue)
	}
	return known, nil
}

// Dead is a job that failed for good.
type Dead struct {
	ID       string
	Kind     string
	Body     json.RawMessage
	Problem  string
	Attempts int
	FailedAt time.Time
}

// pageSize is how many jobs are read at a time.
const pageSize = 500

// list reads one state's jobs of a tenant.
func (o *Office) list(ctx context.Context, id tenant.ID, queue string, read func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error)) ([]*asynq.TaskInfo, error) {
	var found []*asynq.TaskInfo
	for page := 1; ; page++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("jobs: list jobs: %w", context.Cause(ctx))
		}
		tasks, err := read(queue, asynq.PageSize(pageSize), asynq.Page(page))
		if errors.Is(err, asynq.ErrQueueNotFound) {
			return nil, nil // nothing was ever queued there
		}
		if err != nil {
			return nil, fmt.Errorf("jobs: list jobs: %w: %w", ErrAway, err)
		}
		for _, t := range tasks {
			if owns(id, t) {
				found = append(found, t)
			}
		}
		if len(tasks) < pageSize {
			return found, nil
		}
	}
}

// owns reports whether a job is the tenant's, by its name. A job whose name and
// payload differ is refused by the worker and shows with its name's tenant
// without its body.
func owns(id tenant.ID, t *asynq.TaskInfo) bool { return strings.HasPrefix(t.ID, owner(id)) }

// Dead returns the tenant's jobs that failed for good, the latest first.
func (o *Office) Dead(ctx context.Context, id tenant.ID) ([]Dead, error) {
	if err := tenant.Check(id); err != nil {
		return nil, err
	}
	var all []Dead
	queues, err := o.queues()
	if err != nil {
		return nil, err
	}
	for _, queue := range queues {
		tasks, err := o.list(ctx, id, queue, o.inspector.ListArchivedTasks)
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			all = append(all, Dead{ID: t.ID, Kind: t.Type, Body: bodyOf(id, t), Problem: cut(t.LastErr), Attempts: t.Retried + 1, FailedAt: t.LastFailedAt})
		}
	}
	slices.SortFunc(all, func(a, b Dead) int { return b.FailedAt.Compare(a.FailedAt) })
	return all, nil
}

// Waiting is a job that is not done yet.
type Waiting struct {
	ID, Kind, State string
	Body            json.RawMessage
}

// Waiting returns the tenant's jobs that are not done, those that failed for
// good aside.
func (o *Office) Waiting(ctx context.Context, id tenant.ID) ([]Waiting, error) {
	if err := tenant.Check(id); err != nil {
		return nil, err
	}
	var all []Waiting
	queues, err := o.queues()
	if err != nil {
		return nil, err
	}
	for _, queue := range queues {
		for _, read := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){
			o.inspector.ListPendingTasks, o.inspector.ListScheduledTasks, o.inspector.ListRetryTasks, o.inspector.ListActiveTasks,
		} {
			tasks, err := o.list(ctx, id, queue, read)
			if err != nil {
				return nil, err
			}
			for _, t := range tasks {
				all = append(all, Waiting{ID: t.ID, Kind: t.Type, State: t.State.String(), Body: bodyOf(id, t)})
			}
		}
	}
	return all, nil
}

// bodyOf is what a job's payload holds, if the payload names the tenant too.
func bodyOf(id tenant.ID, t *asynq.TaskInfo) json.RawMessage {
	var e envelope
	if json.Unmarshal(t.Payload, &e) != nil || e.Tenant != id.String() {
		return nil
	}
	return e.Body
}

// Retry queues a job that failed for good once more.
func (o *Office) Retry(ctx context.Context, id tenant.ID, job string) error {
	return o.change(ctx, id, job, o.inspector.RunTask)
}

// Drop removes a job that failed for good.
func (o *Office) Drop(ctx context.Context, id tenant.ID, job string) error {
	return o.change(ctx, id, job, o.inspector.DeleteTask)
}

func (o *Office) change(ctx context.Context, id tenant.ID, job string, how func(queue, job string) error) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("jobs: %w", context.Cause(ctx))
	}
	if !strings.HasPrefix(job, owner(id)) {
		return fmt.Errorf("jobs: %w", ErrNotFound)
	}
	queues, err := o.queues()
	if err != nil {
		return err
	}
	for _, queue := range queues {
		info, err := o.inspector.GetTaskInfo(queue, job)
		if errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("jobs: look a job up: %w: %w", ErrAway, err)
		}
		if info.State != asynq.TaskStateArchived {
			return fmt.Errorf("jobs: %w among those that failed for good", ErrNotFound)
		}
		if err := how(queue, job); err != nil {
			return fmt.Errorf("jobs: change a job: %w: %w", ErrAway, err)
		}
		return nil
	}
	return fmt.Errorf("jobs: %w", ErrNotFound)
}

// Erase removes all of a tenant's jobs but those at work, and returns how many
// it removed and how many are at work: call it again until none is.
func (o *Office) Erase(ctx context.Context, id tenant.ID) (removed, working int, err error) {
	if err := tenant.Check(id); err != nil {
		return 0, 0, err
	}
	queues, err := o.queues()
	if err != nil {
		return 0, 0, err
	}
	for _, queue := range queues {
		for _, read := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){
			o.inspector.ListPendingTasks, o.inspector.ListScheduledTasks, o.inspector.ListRetryTasks, o.inspector.ListArchivedTasks, o.inspector.ListCompletedTasks,
		} {
			tasks, err := o.list(ctx, id, queue, read)
			if err != nil {
				return removed, working, err
			}
			for _, t := range tasks {
				switch err := o.inspector.DeleteTask(queue, t.ID); {
				case err == nil:
					removed++
				case !errors.Is(err, asynq.ErrTaskNotFound):
					working++ // it began meanwhile
				}
			}
		}
		active, err := o.list(ctx, id, queue, o.inspector.ListActiveTasks)
		if err != nil {
			return removed, working, err
		}
		working += len(active)
	}
	return removed, working, nil
}
