import Foundation

/// The report page without data: HTML, styles and scripts, one file each under `Page`, compiled into the program.
///
/// A target of its own, since files as literals take the compiler a while.
package enum ReportPage {
    /// Returns the whole, self-contained page.
    ///
    /// - Parameters:
    ///   - title: plain text.
    ///   - index: JSON without the letter `<`.
    ///   - problems: lines of JSON without the letter `<`.
    package static func html(title: String, index: Data, problems: Data) -> Data {
        let parts: [(marker: String, content: Data)] = [
            ("{{title}}", Data(escaped(title).utf8)), ("{{style}}", styles), ("{{index}}", index),
            ("{{problems}}", problems), ("{{script}}", scripts),
        ]
        var page = Data()
        var rest = Data(PackageResources.page_html)[...]
        for (marker, content) in parts {
            guard let place = rest.range(of: Data(marker.utf8)) else {
                preconditionFailure("page.html has no \(marker)")
            }
            page.append(rest[..<place.lowerBound])
            page.append(content)
            rest = rest[place.upperBound...]
        }
        page.append(rest)
        return page
    }

    /// The style that other pages share: colours, type, tables.
    package static var baseStyle: String { String(decoding: PackageResources.style_css, as: UTF8.self) }

    private static let styles = join([
        PackageResources.style_css, PackageResources.charts_css, PackageResources.trajectories_css,
        PackageResources.print_css,
    ])

    /// In the order of their dependencies; together they are one module.
    private static let scripts = join([
        PackageResources.dom_js, PackageResources.format_js, PackageResources.data_js,
        PackageResources.scales_js, PackageResources.latex_symbols_js, PackageResources.latex_js,
        PackageResources.prose_js, PackageResources.facts_js, PackageResources.columns_js,
        PackageResources.table_js, PackageResources.plot_js, PackageResources.marks_js,
        PackageResources.labels_js, PackageResources.download_js, PackageResources.figure_js,
        PackageResources.scatter_js, PackageResources.sweep_js, PackageResources.samples_js,
        PackageResources.rewards_js,
        PackageResources.calibration_js,
        PackageResources.lengths_js, PackageResources.decisions_js, PackageResources.fields_js,
        PackageResources.matrix_js, PackageResources.timeline_js, PackageResources.engines_js,
        PackageResources.charts_js, PackageResources.filters_js, PackageResources.search_js,
        PackageResources.list_js, PackageResources.address_js, PackageResources.trajectory_js,
        PackageResources.keys_js, PackageResources.main_js,
    ])

    private static func join(_ files: [[UInt8]]) -> Data {
        var joined = Data()
        for file in files {
            if !joined.isEmpty { joined.append(UInt8(ascii: "\n")) }
            joined.append(contentsOf: file)
        }
        return joined
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
