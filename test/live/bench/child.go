package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// A run is what one scan cost.
type run struct {
	Took time.Duration `json:"took"`
	CPU  time.Duration `json:"cpu"`
	Peak int64         `json:"peak"` // bytes resident, at most
	Exit int           `json:"exit"`
}

// between, as the first argument, makes this program run a command and print what it cost.
const between = "-between"

// scan runs a command and measures it from a process in between. Linux counts to a
// child's peak what the process that forked it held then (fork shares memory until exec,
// and exec keeps the high-water mark: getrusage(2), ru_maxrss; fs/exec.c,
// setmax_mm_hiwater_rss). This process holds what it filled the cluster with; the one in
// between holds nothing.
func scan(ctx context.Context, output string, command ...string) (run, error) {
	self, err := os.Executable()
	if err != nil {
		return run{}, fmt.Errorf("locate this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, append([]string{between, output}, command...)...)
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return run{}, fmt.Errorf("run %s: %w", command[0], err)
	}
	var r run
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		return run{}, fmt.Errorf("read what %s cost: %w", command[0], err)
	}
	return r, nil
}

// runBetween runs a command with its standard output in a file.
func runBetween(output string, command []string) error {
	file, err := os.Create(output)
	if err != nil {
		return fmt.Errorf("create %s: %w", output, err)
	}
	defer file.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = file, os.Stderr
	started := time.Now()
	err = cmd.Run()
	took := time.Since(started)
	if cmd.ProcessState == nil {
		return fmt.Errorf("start %s: %w", command[0], err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("the peak memory of a process isn't known on %s", runtime.GOOS)
	}
	peak := usage.Maxrss
	if runtime.GOOS == "linux" {
		peak *= 1024 // kilobytes on Linux, bytes on macOS: getrusage(2)
	}
	return json.NewEncoder(os.Stdout).Encode(run{Took: took, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Peak: peak, Exit: cmd.ProcessState.ExitCode()})
}

// cpu is what this process has used of the processors so far.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
