package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// A process is a component that runs.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string        // file that takes its output
	exited chan struct{} // closed once it has ended
}

// launch starts a program whose output goes to a file in folder. A signal from
// the terminal doesn't reach it, the end of this process does.
func launch(folder, program string, env []string, args ...string) (*process, error) {
	name := filepath.Base(program)
	log, err := os.Create(filepath.Join(folder, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	defer log.Close()

	cmd := exec.Command(program, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = bound()
	p := &process{name: name, cmd: cmd, log: log.Name(), exited: make(chan struct{})}

	started := make(chan error)
	go func() {
		// Linux ends the process when the thread that forked it ends
		// (prctl(2), PR_SET_PDEATHSIG), so that thread is kept.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // how it ended is in its ProcessState
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// await asks ready until it has no objection. It gives up when the process ends
// or ctx does, and then tells the last objection and the end of the log.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		objection := ready(ctx)
		if objection == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %v\n%s", p.name, p.cmd.ProcessState, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("await %s: %w: %w\n%s", p.name, context.Cause(ctx), objection, p.tail())
		case <-tick.C:
		}
	}
}

// kill ends the process. Its data is thrown away, so it isn't asked politely.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.exited
}

func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return lastLines(string(text), 20)
}
