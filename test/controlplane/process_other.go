//go:build !linux

package controlplane

import "syscall"

// bound gives a child a process group of its own. Only Linux can end it with its
// parent too; elsewhere a test that is killed leaves its control plane running.
func bound() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
