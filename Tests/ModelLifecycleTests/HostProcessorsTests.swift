import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The machine's processors")
struct HostProcessorsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func write(allowed: String) throws {
        try scratch.write(
            "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t\(allowed)\nMems_allowed_list:\t0\n",
            to: "proc/self/status")
    }

    private var processors: HostProcessors {
        HostProcessors.read(proc: scratch.path("proc"), cgroups: scratch.path("cgroup"))
    }

    @Test(
        "those that the process may run on are counted, not the machine's",
        arguments: [("0", 1), ("0-1", 2), ("0-3,8", 5), ("4,6,10-11", 4), ("0-127", 128)])
    func affinity(list: String, count: Int) throws {
        try write(allowed: list)
        #expect(processors == HostProcessors(allowed: count, usable: count))
    }

    @Test(
        "a list that is none is as good as no word", arguments: ["", "x", "3-1", "-", "0-99999999999999999999", "-5"])
    func malformed(list: String) throws {
        try write(allowed: list)
        let all = ProcessInfo.processInfo.activeProcessorCount
        #expect(processors == HostProcessors(allowed: all, usable: all))
    }

    @Test("the tightest quota from the process's group up to the root counts, in whole processors")
    func unified() throws {
        try write(allowed: "0-15")
        try scratch.write("0::/slurm/job_7/step_0\n", to: "proc/self/cgroup")
        try scratch.write("max 100000\n", to: "cgroup/slurm/job_7/step_0/cpu.max")
        #expect(processors == HostProcessors(allowed: 16, usable: 16))
        try scratch.write("350000 100000\n", to: "cgroup/slurm/job_7/cpu.max")
        try scratch.write("800000 100000\n", to: "cgroup/slurm/cpu.max")
        #expect(processors == HostProcessors(allowed: 16, usable: 3))
    }

    @Test(
        "a container finds its own group at the root of the mount; less than one processor is one, more than there are is all",
        arguments: [
            ("200000 100000", 2), ("50000 100000", 1), ("1 100000", 1), ("9900000 100000", 4), ("0 100000", 4),
            ("200000 0", 4), ("-1 100000", 4), ("nan 1", 4), ("9223372036854775807 1", 4), ("200000", 4), ("", 4),
        ])
    func container(quota: String, usable: Int) throws {
        try write(allowed: "0-3")
        try scratch.write("0::/../../host/path\n", to: "proc/self/cgroup")
        try scratch.write(quota + "\n", to: "cgroup/cpu.max")
        #expect(processors == HostProcessors(allowed: 4, usable: usable))
    }

    @Test("version 1 has other names, and -1 for no quota")
    func legacy() throws {
        try write(allowed: "0-7")
        try scratch.write(
            "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n1:name=systemd:/y\n0::/\n", to: "proc/self/cgroup")
        try scratch.write("-1\n", to: "cgroup/cpu/cpu.cfs_quota_us")
        try scratch.write("100000\n", to: "cgroup/cpu/cpu.cfs_period_us")
        #expect(processors == HostProcessors(allowed: 8, usable: 8))
        try scratch.write("250000\n", to: "cgroup/cpu/docker/x/cpu.cfs_quota_us")
        #expect(processors == HostProcessors(allowed: 8, usable: 8), "half of it is no limit")
        try scratch.write("100000\n", to: "cgroup/cpu/docker/x/cpu.cfs_period_us")
        #expect(processors == HostProcessors(allowed: 8, usable: 2))
    }

    @Test("this machine has processors")
    func now() {
        let processors = HostProcessors.now()
        #expect(processors.usable >= 1 && processors.usable <= processors.allowed)
    }

    @Test("each of the engines that are up together gets its part, and at least one thread")
    func shares() {
        func share(_ allowed: Int, _ usable: Int, _ engines: Int) -> ProcessorShare {
            ProcessorShare(of: HostProcessors(allowed: allowed, usable: usable), engines: engines)
        }
        for processors in [1, 2, 3, 8, 64] {
            #expect(share(processors, processors, 1) == .whole)
            for engines in 2...4 {
                let part = share(processors, processors, engines)
                #expect(part.isShared && part.threads == max(1, processors / engines))
            }
        }
        #expect(share(64, 4, 1).threads == 4, "an engine knows nothing of a quota")
        #expect(!share(64, 4, 1).isShared)
        #expect(share(64, 4, 2).threads == 2)
        #expect(share(2, 2, 0) == .whole)
    }
}
