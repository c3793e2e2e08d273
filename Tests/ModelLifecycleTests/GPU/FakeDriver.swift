import TestSupport
import Testing

@testable import ModelLifecycle

/// NVIDIA's library in C, with the structures of `nvml.h`: two GPUs, and faults for the asking.
enum FakeDriver {
    private static let source = #"""
        #include <stdint.h>
        #include <string.h>
        #include <unistd.h>
        #ifndef INIT
        #define INIT 0
        #endif
        #ifndef LOST
        #define LOST 0
        #endif
        #ifndef MIG
        #define MIG 0
        #endif
        typedef struct device *nvmlDevice_t;
        typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
        typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } nvmlMemory_v2_t;
        typedef struct { unsigned int pid; unsigned long long usedGpuMemory; unsigned int gpu, compute; } nvmlProcessInfo_t;
        static int started;
        static int number(nvmlDevice_t device) { return (int)(uintptr_t)device - 1; }
        int nvmlInit_v2(void) {
        #ifdef HANG
            for (;;) pause();
        #endif
            started = INIT == 0;
            return INIT;
        }
        int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return started ? 0 : 1; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
            if (index >= 2) return 2;
            *device = (nvmlDevice_t)(uintptr_t)(index + 1);
            return index == 1 && LOST ? 15 : 0;
        }
        int nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length) {
            strncpy(name, number(device) ? "Fake B" : "Fake A", length);
            return 0;
        }
        int nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length) {
            strncpy(uuid, number(device) ? "GPU-bbbb" : "GPU-aaaa", length);
            return 0;
        }
        int nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
            *memory = (nvmlMemory_t){8000, 3000, 5000};
            return 0;
        }
        static int processes(unsigned int *count, nvmlProcessInfo_t *list) {
            if (*count < 2) { *count = 2; return 7; }
            *count = 2;
            list[0] = (nvmlProcessInfo_t){(unsigned int)getpid(), 700, ~0u, ~0u};
            list[1] = (nvmlProcessInfo_t){4194305, ~0ull, ~0u, ~0u};
            return 0;
        }
        #ifdef OLD
        int nvmlDeviceGetComputeRunningProcesses_v2(nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *list) {
            return processes(count, list);
        }
        #else
        int nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
            if (memory->version != (sizeof *memory | 2u << 24)) return 25;
            *memory = (nvmlMemory_v2_t){memory->version, 8000, 500, 3000, 4500};
            return 0;
        }
        int nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *list) {
            return processes(count, list);
        }
        int nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *now, unsigned int *later) {
            *now = *later = number(device) == 1 && MIG;
            return 0;
        }
        int nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t device, unsigned long long *millijoules) {
            *millijoules = 20000000000500;
            return number(device) == 1 ? 3 : 0;
        }
        int nvmlSystemGetDriverVersion(char *version, unsigned int length) {
            strncpy(version, "550.54.15", length);
            return 0;
        }
        int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = 12040; return 0; }
        const char *nvmlErrorString(int code) { return code == 15 ? "GPU is lost" : "Unknown Error"; }
        #endif
        """#

    /// Compiles the library; Swift's own toolchain brings a C compiler.
    static func build(in scratch: Scratch, _ defines: [String]) async throws -> NVML {
        try source.write(toFile: scratch.path("nvml.c"), atomically: true, encoding: .utf8)
        let library = scratch.path("libnvidia-ml.so.1")
        let flags = defines.map { "-D\($0)" }.joined(separator: " ")
        let output = try await CommandOutput.run(
            "/bin/sh",
            [
                "-c",
                "$(command -v clang || command -v cc) -shared -fPIC \(flags) -o \(library) \(scratch.path("nvml.c"))",
            ])
        try #require(output.status == .exited(code: 0), "\(output.text)")
        return try #require(NVML(library: library))
    }
}
