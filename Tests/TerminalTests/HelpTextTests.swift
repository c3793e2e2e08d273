@testable import Terminal
import Testing

@Suite("Help text") struct HelpTextTests {
    private static let help = """
        OVERVIEW: Does it.

        USAGE: do it <job> [--set <key=value> ...] [--color <color>] [--json]

          --set <key=value>       Set a key, such as
                                  decoding.max_tokens=4096,
        """

    @Test("lines of usage break between options, and long words move to the left")
    func fitted() {
        #expect(
            HelpText.fitted(Self.help, to: 40)
                == """
                OVERVIEW: Does it.

                USAGE: do it <job>
                       [--set <key=value> ...]
                       [--color <color>] [--json]

                  --set <key=value>       Set a key, such as
                               decoding.max_tokens=4096,
                """.replacing(
                    "  --set <key=value>       Set a key, such as", with: "  --set <key=value> Set a key, such as"))
    }

    @Test("nothing is wider than asked, and what fits stays as it is", arguments: [40, 60, 80, 200])
    func fits(width: Int) {
        #expect(HelpText.fitted(Self.help, to: width).split(separator: "\n").allSatisfy { $0.count <= width })
        #expect(HelpText.fitted(Self.help, to: 200) == Self.help)
    }

    @Test("a completion script or JSON is not touched")
    func others() {
        let script = String(repeating: "complete -c rsd-batch ", count: 20)
        #expect(HelpText.fitted(script, to: 40) == script)
    }
}
