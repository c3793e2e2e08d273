import Testing

@testable import ModelLifecycle

@Suite("Certificates of authorities") struct CertificateAuthoritiesTests {
    private static let debian = "/etc/ssl/certs/ca-certificates.crt"
    private static let redHat = "/etc/pki/tls/certs/ca-bundle.crt"

    private func file(_ environment: [String: String] = [:], ofLibrary own: String?, on machine: String...) -> String? {
        CertificateAuthorities.file(environment: environment, ofLibrary: own) { machine.contains($0) }
    }

    @Test("libcurl looks where it was built to look, if there is something")
    func libraryKnows() {
        #expect(file(ofLibrary: Self.debian, on: Self.debian, Self.redHat) == nil)
        #expect(file(ofLibrary: nil, on: Self.redHat) == nil)
    }

    @Test("a libcurl of another distribution finds this machine's file")
    func otherDistribution() {
        #expect(file(ofLibrary: Self.debian, on: Self.redHat) == Self.redHat)
        #expect(file(ofLibrary: Self.debian) == nil)
    }

    @Test("the environment's file takes precedence, an empty name does not")
    func environment() {
        #expect(file(["SSL_CERT_FILE": "/own.pem"], ofLibrary: Self.debian, on: Self.debian) == "/own.pem")
        #expect(file(["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "/own.pem"], ofLibrary: nil) == "/own.pem")
        #expect(file(["CURL_CA_BUNDLE": ""], ofLibrary: Self.debian, on: Self.redHat) == Self.redHat)
    }
}
