import GafferModel
import ProgramTestKit
import Testing

/// TLS as openssl sees it, on the built program.
@Suite(
    "TLS endpoints",
    .oneSlot,
    .timeLimit(.minutes(3)),
    .enabled(if: Clients.isOpenSSLThere, Clients.wayToOpenSSL)
)
struct EncryptionTests {
    /// Makes an authority, a certificate of the server that it signed, and one of a client.
    private func makeCertificates(_ bench: Workbench, server name: String = "one.example") async throws {
        let script = try bench.script(
            "certificates",
            """
            set -e
            cd '\(bench.path)'
            [ -e ca.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=test authority' \\
                -keyout ca.key -out ca.pem
            make() {
                openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr"
                echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' > "$1.ext"
                openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \\
                    -extfile "$1.ext" -out "$1.pem"
            }
            make server '\(name)'
            [ -e client.pem ] || make client ann
            """
        )
        let run = try await runTool("/bin/sh", [script], environment: bench.environment, directory: bench.path)
        guard run.code == 0 else { throw Failure("openssl: \(run.all)") }
    }

    /// Asks `/ping` by openssl s_client, with further options.
    private func ping(_ daemon: Daemon, _ address: String, _ options: [String] = []) async throws -> ToolOutput {
        try await runTool(
            "/usr/bin/openssl",
            ["s_client", "-connect", address, "-CAfile", "ca.pem", "-verify_return_error", "-ign_eof"] + options,
            environment: daemon.bench.environment,
            directory: daemon.bench.path,
            input: "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
    }

    private func endpoint(_ bench: Workbench, _ further: String = "") -> String {
        """
        [endpoint:secure]
        bind = 127.0.0.1:0
        certfile = \(bench.path)/server.pem
        keyfile = \(bench.path)/server.key
        \(further)

        """
    }

    @Test("A server certificate is shown, old protocols are refused, and a reload shows the new one")
    func servers() async throws {
        try await Workbench.with { bench in
            try await makeCertificates(bench)
            try bench.configure(endpoint(bench))
            try await bench.gafferd { daemon in
                let address = try await daemon.address()
                let first = try await ping(daemon, address)
                #expect(first.output.contains("Verify return code: 0 (ok)"), "\(first.all)")
                #expect(first.output.contains("CN = one.example"))
                #expect(first.output.contains("\r\n\r\nOK"))
                let old = try await ping(daemon, address, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
                #expect(!old.output.contains("\r\n\r\nOK"))

                try await makeCertificates(bench, server: "two.example")
                #expect(try await daemon.curl("POST", "/reload").status == 200)
                let second = try await ping(daemon, address)
                #expect(second.output.contains("CN = two.example"), "\(second.all)")

                // What can't be used leaves the one that can.
                try bench.scratch.write("server.key", "no key at all")
                let refused = try await daemon.curl("POST", "/reload")
                #expect(refused.status == 400)
                #expect(refused.text.contains("server.key"), "\(refused.text)")
                #expect(try await ping(daemon, address).output.contains("CN = two.example"))
            }
        }
    }

    @Test("A client certificate is asked for, and without a good one nobody comes in")
    func clients() async throws {
        try await Workbench.with { bench in
            try await makeCertificates(bench)
            try bench.configure(endpoint(bench, "cacert = \(bench.path)/ca.pem\nverify = required"))
            try await bench.gafferd { daemon in
                let address = try await daemon.address()
                let good = try await ping(daemon, address, ["-cert", "client.pem", "-key", "client.key"])
                #expect(good.output.contains("\r\n\r\nOK"), "\(good.all)")
                #expect(!(try await ping(daemon, address)).output.contains("\r\n\r\nOK"))
                let stranger = try await runTool(
                    "/usr/bin/openssl",
                    [
                        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stranger",
                        "-keyout", "stranger.key", "-out", "stranger.pem",
                    ],
                    environment: bench.environment,
                    directory: bench.path
                )
                #expect(stranger.code == 0)
                let bad = try await ping(daemon, address, ["-cert", "stranger.pem", "-key", "stranger.key"])
                #expect(!bad.output.contains("\r\n\r\nOK"))
            }
        }
    }

    @Test("gafferctl speaks TLS, and says why it does not trust")
    func control() async throws {
        try await Workbench.with { bench in
            try await makeCertificates(bench)
            try bench.configure(endpoint(bench))
            try await bench.gafferd { daemon in
                let endpoint = "https://\(try await daemon.address())"
                let key = try await daemon.key(#"{"read": ["*"]}"#)
                try bench.scratch.write("key", key)
                let words = ["status", "--endpoint", endpoint, "--api-key-file", bench.scratch("key")]
                let trusted = try await daemon.ctl(words + ["--cacert", bench.scratch("ca.pem")])
                #expect(trusted.code == 0, "\(trusted.all)")
                let untrusted = try await daemon.ctl(words)
                #expect(untrusted.code == 5, "\(untrusted.all)")
                #expect(untrusted.error.contains("trust") || untrusted.error.contains("certificate"))
            }
        }
    }
}
