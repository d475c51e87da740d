internal import Glibc

/// HTTPS servers of Python's on loopback, each with another certificate, made by openssl for the test.
///
/// They stop with the value that owns them.
package final class TLSServer: Sendable {
    /// Whether what they are made of is installed.
    package static let isAvailable =
        Command.run("command -v openssl && python3 -c 'import ssl, http.server'") == 0

    /// The ports: `good` has a certificate for localhost and 127.0.0.1, `wrong` for another name, `expired` one of the
    /// past, `stranger` one of an authority that nobody knows, `mutual` wants one of the client; `plain` speaks no TLS.
    package let ports: [String: UInt16]

    private let directory: TemporaryDirectory
    private let process: Int32
    private let input: Int32

    /// Makes certificates and starts servers.
    package init() {
        directory = TemporaryDirectory()
        let script = directory.write(TLSServer.certificates, to: "make.sh")
        guard Command.run("cd '\(directory.path)' && sh -e '\(script)' > make.log 2>&1") == 0 else {
            preconditionFailure("openssl can't make certificates in \(directory.path).")
        }
        let server = directory.write(TLSServer.server, to: "server.py")
        let (process, input, output) = Command.start(["python3", server, directory.path])
        self.process = process
        self.input = input
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        close(output)
        var ports: [String: UInt16] = [:]
        for word in String(decoding: text, as: UTF8.self).split(separator: " ") {
            let parts = word.split(separator: "=")
            if parts.count == 2, let port = UInt16(parts[1]) { ports[String(parts[0])] = port }
        }
        self.ports = ports
    }

    deinit {
        // The end of its input is what it waits for.
        close(input)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// The port of one of the servers.
    package func port(_ name: String) -> UInt16 {
        guard let port = ports[name] else { preconditionFailure("There is no server \(name).") }
        return port
    }

    /// The path of a file: `ca.pem`, `client.pem`, `client.key`, `good.key`, ...
    package func file(_ name: String) -> String { "\(directory.path)/\(name)" }

    private static let certificates = """
        ec() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@"; }
        ec -x509 -days 30 -subj /CN=authority -keyout ca.key -out ca.pem
        ec -x509 -days 30 -subj /CN=stranger -addext subjectAltName=DNS:localhost -keyout stranger.key -out stranger.pem
        signed() {
            ec -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
            printf 'subjectAltName=%s\\n' "$2" > "$1.ext"
            openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" \
                -out "$1.pem"
        }
        signed good DNS:localhost,IP:127.0.0.1 30
        signed wrong DNS:elsewhere.example 30
        signed expired DNS:localhost -1
        signed client DNS:client 30

        """

    private static let server = """
        import base64, hashlib, http.server, ssl, sys, threading

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *words): pass
            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                if self.path == "/socket": return self.socket()
                if self.path != "/stream": return self.answer(b"hello")
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for number in range(3): self.wfile.write(b"id: %d\\ndata: %d\\n\\n" % (number, number))
            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))
            def socket(self):
                key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                self.end_headers()
                head = self.rfile.read(6)
                mask = head[2:]
                text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(self.rfile.read(head[1] & 127)))
                self.wfile.write(bytes([0x81, len(text)]) + text + b"\\x88\\x02\\x03\\xe8")
                self.close_connection = True

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def handle_error(self, *words): pass
            # The greeting is made on the connection's own thread: a client that refuses it must not stop the others.
            def finish_request(self, request, address):
                if self.context: request = self.context.wrap_socket(request, server_side=True)
                try:
                    super().finish_request(request, address)
                    if self.context: request.unwrap()
                except OSError: pass

        folder, ports = sys.argv[1], []
        for name in ["good", "wrong", "expired", "stranger", "mutual", "plain"]:
            server = Server(("127.0.0.1", 0), Handler)
            server.context = None
            if name != "plain":
                server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                kind = "good" if name == "mutual" else name
                server.context.load_cert_chain(folder + "/" + kind + ".pem", folder + "/" + kind + ".key")
            if name == "mutual":
                server.context.verify_mode = ssl.CERT_REQUIRED
                server.context.load_verify_locations(folder + "/ca.pem")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ports.append(name + "=" + str(server.server_address[1]))
        print(*ports, flush=True)
        sys.stdin.read()

        """
}
