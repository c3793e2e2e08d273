import Foundation

/// The certificates of authorities that web servers are checked against.
enum CertificateAuthorities {
    /// Where distributions keep them: Debian and Arch, Red Hat and Fedora, SUSE, Alpine.
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// A libcurl that came with the program looks where the machine that built it keeps them, which may not be here.
    ///
    /// - Parameters:
    ///   - environment: may name a file in `CURL_CA_BUNDLE` or `SSL_CERT_FILE`, as for curl's own program.
    ///   - ofLibrary: where libcurl looks by itself.
    /// - Returns: nil to leave it to libcurl.
    static func file(
        environment: [String: String], ofLibrary own: String?,
        exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) -> String? {
        let named = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].compactMap { environment[$0] }.first { !$0.isEmpty }
        if let named { return named }
        guard let own, !exists(own) else { return nil }
        return places.first(where: exists)
    }
}
