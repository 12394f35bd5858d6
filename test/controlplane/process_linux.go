package controlplane

import "syscall"

// bound lets a child end with its parent, in a process group of its own.
func bound() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
