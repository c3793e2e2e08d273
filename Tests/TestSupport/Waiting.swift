import Foundation

/// Checks a condition every few milliseconds until it holds.
///
/// - Throws: ``WaitedInVain`` after two minutes, far more than anything takes that is waited for; what the condition throws.
package func until(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw WaitedInVain() }
        try await Task.sleep(for: .milliseconds(3))
    }
}

package struct WaitedInVain: Error {}
