import Foundation

struct BenchFailure: Error, CustomStringConvertible { var description: String }

/// User and system time.
func cpuSeconds(of whom: Int32) -> Double {
    var usage = rusage()
    getrusage(whom, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Prints a line at once, also into a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// Three significant digits.
func figure(_ number: Double) -> String {
    number.formatted(.number.precision(.significantDigits(3)).grouping(.never))
}
