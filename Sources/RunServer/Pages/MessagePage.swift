import Foundation
import ReportPage
import Support

/// A page of a few lines without scripts.
enum MessagePage {
    enum Line {
        case text(String)
        case link(_ href: String, String)
    }

    static func html(title: String, _ lines: [Line]) -> Data {
        let body = lines.map { line in
            switch line {
            case .text(let text): "<p>\(text.htmlLines)</p>"
            case .link(let href, let text): "<p><a href=\"\(href.htmlLines)\">\(text.htmlLines)</a></p>"
            }
        }
        return Data(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title.htmlLines) · rsd-batch</title>
            <style>
            \(ReportPage.baseStyle)
            </style>
            </head>
            <body>
            <header class="top"><div><p class="kicker"><a href="../../">All runs</a></p><h1 dir="auto">\(title.htmlLines)</h1></div></header>
            <main>\(body.joined(separator: "\n"))</main>
            </body>
            </html>
            """.utf8)
    }
}
