import Support

/// Collects the diagnostics of a spec, so that decoding can continue and find more.
package final class DiagnosticLog {
    package let source: SourceText
    package private(set) var diagnostics: [Diagnostic] = []

    package init(source: SourceText) {
        self.source = source
    }

    package func error(at mark: Mark, _ message: String) {
        diagnostics.append(source.diagnostic(.error, at: mark, message))
    }

    package func warning(at mark: Mark, _ message: String) {
        diagnostics.append(source.diagnostic(.warning, at: mark, message))
    }
}
