/// Where the text of a conversation ends.
enum ConversationEnd {
    /// Where the next response begins.
    case response
    /// With the last message, which is the beginning of the response.
    case openTurn
    /// With the end of the last message's turn.
    case turn
}
