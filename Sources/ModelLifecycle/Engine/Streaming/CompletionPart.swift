/// What has arrived of a completion since the part before it.
package struct CompletionPart: Sendable, Hashable {
    /// What the receiver of a part wants next.
    package enum Progress: Sendable {
        case goOn
        /// No more. The engine drops the request.
        case enough
    }

    /// Whether the completion starts here. A request that failed on the way is repeated, and then this part replaces all
    /// that came before it.
    package var isFirst: Bool
    /// May lag behind the tokens: engines hold back half a character, and what may become a stop string that is left out.
    package var text: String
    package var tokenIDs: [Int]

    package init(isFirst: Bool, text: String, tokenIDs: [Int]) {
        self.isFirst = isFirst
        self.text = text
        self.tokenIDs = tokenIDs
    }
}
