/// Why a tokenizer's file cannot be used here: one sentence.
package struct TokenizerError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
