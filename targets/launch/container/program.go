package container

import (
	"debug/elf"
	"fmt"
)

// machines are the ELF machines of the architectures, in Go's words, that engines
// run on.
var machines = map[string]elf.Machine{
	"amd64":   elf.EM_X86_64,
	"arm64":   elf.EM_AARCH64,
	"386":     elf.EM_386,
	"arm":     elf.EM_ARM,
	"ppc64le": elf.EM_PPC64,
	"riscv64": elf.EM_RISCV,
	"s390x":   elf.EM_S390,
}

// runsIn says why the program can't run alone in a container of the architecture:
// an image FROM scratch has no loader for a program that is linked dynamically.
func runsIn(path, arch string) error {
	remedy := "build with CGO_ENABLED=0 GOOS=linux GOARCH=" + arch + " to use containers"
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("this program is not a Linux program: %s", remedy)
	}
	defer f.Close()
	if f.Machine != machines[arch] {
		return fmt.Errorf("this program is for %s, the container engine for %s: %s", f.Machine, arch, remedy)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("this program is linked dynamically: %s", remedy)
		}
	}
	return nil
}
