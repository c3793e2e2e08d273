import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The machine's memory")
struct HostMemoryTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write("MemTotal:       1000 kB\nMemFree:   100 kB\nMemAvailable:    800 kB\n", to: "proc/meminfo")
    }

    private var memory: HostMemory? { HostMemory.read(proc: scratch.path("proc"), cgroups: scratch.path("cgroup")) }

    @Test("without control groups the machine's own numbers count")
    func withoutGroups() throws {
        #expect(memory == HostMemory(total: 1_024_000, available: 819_200))
        try scratch.write("MemTotal: 1000 kB\nMemFree: 100 kB\n", to: "proc/meminfo")
        #expect(memory == HostMemory(total: 1_024_000, available: 102_400))
        try scratch.write("", to: "proc/meminfo")
        #expect(memory == nil)
    }

    @Test("the tightest limit from the process's group up to the root counts; its page cache is as good as free")
    func unified() throws {
        try scratch.write("0::/slurm/job_7/step_0\n", to: "proc/self/cgroup")
        try scratch.write("max\n", to: "cgroup/slurm/job_7/step_0/memory.max")
        try scratch.write("300000\n", to: "cgroup/slurm/job_7/memory.max")
        try scratch.write("250000\n", to: "cgroup/slurm/job_7/memory.current")
        try scratch.write("anon 1\ninactive_file 50000\nactive_file 7\n", to: "cgroup/slurm/job_7/memory.stat")
        try scratch.write("900000\n", to: "cgroup/slurm/memory.max")
        try scratch.write("880000\n", to: "cgroup/slurm/memory.current")
        #expect(memory == HostMemory(total: 300_000, available: 20_000, isLimited: true))
        try scratch.write("100000\n", to: "cgroup/slurm/memory.current")
        #expect(memory == HostMemory(total: 300_000, available: 100_000, isLimited: true))
    }

    @Test("a container finds its own group at the root of the mount")
    func container() throws {
        try scratch.write("0::/../../host/path\n", to: "proc/self/cgroup")
        try scratch.write("200000\n", to: "cgroup/memory.max")
        try scratch.write("50000\n", to: "cgroup/memory.current")
        #expect(memory == HostMemory(total: 200_000, available: 150_000, isLimited: true))
    }

    @Test("version 1 has other names, and a limit beyond the machine is none")
    func legacy() throws {
        try scratch.write("5:cpu,cpuacct:/a\n4:memory,hugetlb:/docker/x\n1:name=systemd:/y\n", to: "proc/self/cgroup")
        try scratch.write("9223372036854771712\n", to: "cgroup/memory/memory.limit_in_bytes")
        #expect(memory?.isLimited == false)
        try scratch.write("400000\n", to: "cgroup/memory/docker/x/memory.limit_in_bytes")
        try scratch.write("100000\n", to: "cgroup/memory/docker/x/memory.usage_in_bytes")
        try scratch.write("total_inactive_file 25000\n", to: "cgroup/memory/docker/x/memory.stat")
        #expect(memory == HostMemory(total: 400_000, available: 325_000, isLimited: true))
    }

    @Test("this machine has memory")
    func now() throws {
        let memory = try #require(HostMemory.now())
        #expect(memory.total > 0 && memory.available > 0 && memory.available <= memory.total)
    }
}
