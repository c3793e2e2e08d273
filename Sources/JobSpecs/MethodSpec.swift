import Methods

package struct MethodSpec: Sendable, Equatable {
    /// Unique in the job; names the method in results and tables.
    package var name: String
    package var kind: MethodKind
}
