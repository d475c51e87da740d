import GafferHTTP
import Glibc
import Testing
import WebServer

@Suite("Sockets that listen")
struct ListenSocketTests {
    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode
    }

    @Test("A unix socket can be used by owner and group, whatever the umask")
    func hasMode() throws {
        try withTemporaryFolder { folder in
            let socket = try ListenSocket.unix(folder + "/x.sock")
            #expect(try mode(of: folder + "/x.sock") == S_IFSOCK | 0o660)
            #expect(socket.address == "unix:\(folder)/x.sock")
            #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
            socket.close()
            #expect(access(folder + "/x.sock", F_OK) != 0)
        }
    }

    @Test("A group that the process is in becomes the file's")
    func hasGroup() throws {
        try withTemporaryFolder { folder in
            let socket = try ListenSocket.unix(folder + "/x.sock", group: getegid())
            defer { socket.close() }
            var status = stat()
            try #require(lstat(folder + "/x.sock", &status) == 0)
            #expect(status.st_gid == getegid())
        }
    }

    @Test("A socket that somebody else has opened is served as it is, and its file stays theirs")
    func inheritsUnix() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.sock"
            let owner = try ListenSocket.unix(path)
            let copy = fcntl(owner.descriptor, F_DUPFD, 0)
            try #require(fcntl(copy, F_SETFL, 0) == 0)
            let socket = try ListenSocket.inherited(copy)
            #expect(socket.address == "unix:\(path)")
            #expect(fcntl(copy, F_GETFL) & O_NONBLOCK != 0)
            #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
            socket.close()
            #expect(access(path, F_OK) == 0)
            owner.close()
        }
    }

    @Test("A TCP socket that somebody else has opened tells its address")
    func inheritsTCP() throws {
        let owner = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        defer { owner.close() }
        let socket = try ListenSocket.inherited(fcntl(owner.descriptor, F_DUPFD, 0))
        defer { socket.close() }
        #expect(socket.address == owner.address)
        #expect(socket.port == owner.port)
    }

    @Test("What is no socket that listens is refused, and stays open")
    func inheritsNothingElse() throws {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let datagrams = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let silent = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        for descriptor in [file, datagrams, silent] {
            #expect(throws: ListenError.self) { try ListenSocket.inherited(descriptor) }
            #expect(fcntl(descriptor, F_GETFD) >= 0)
            close(descriptor)
        }
    }

    @Test("A socket file that nobody listens on is replaced")
    func replacesStale() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.sock"
            close(try ListenSocket.unix(path).descriptor)
            #expect(access(path, F_OK) == 0)
            try ListenSocket.unix(path).close()
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test("A file that has taken the place of the socket's is left alone")
    func knowsItsFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.sock"
            let old = try ListenSocket.unix(path)
            try #require(rename(path, path + ".old") == 0)
            let new = try ListenSocket.unix(path)
            old.close()
            #expect(access(path, F_OK) == 0)
            new.close()
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test("A socket that somebody listens on, and a file that is no socket, are left alone")
    func leavesOthers() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.sock"
            let living = try ListenSocket.unix(path)
            defer { living.close() }
            let error = #expect(throws: ListenError.self) { try ListenSocket.unix(path) }
            #expect(error?.description == "Can't listen on unix:\(path): another program listens there.")
            #expect(access(path, F_OK) == 0)

            let file = folder + "/file"
            close(open(file, O_CREAT | O_WRONLY, 0o600))
            symlink(file, folder + "/link")
            mkfifo(folder + "/fifo", 0o600)
            for name in ["file", "link", "fifo"] {
                let error = #expect(throws: ListenError.self) { try ListenSocket.unix("\(folder)/\(name)") }
                #expect(error?.code == EEXIST)
                #expect(access("\(folder)/\(name)", F_OK) == 0)
            }
        }
    }

    @Test("A path as long as the kernel takes works, a longer one is told")
    func measuresPaths() throws {
        try withTemporaryFolder { folder in
            let room = ListenSocket.maximumPathLength - folder.utf8.count - 1
            let longest = folder + "/" + String(repeating: "x", count: room)
            try ListenSocket.unix(longest).close()
            let error = #expect(throws: ListenError.self) { try ListenSocket.unix(longest + "x") }
            #expect(error?.description.contains("has 108 bytes") == true)
            #expect(throws: ListenError.self) { try ListenSocket.unix("") }
            #expect(throws: ListenError.self) { try ListenSocket.unix(folder + "/a\0b") }
        }
    }

    @Test("A folder that is missing is told with the step and the path")
    func tellsFolder() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ListenError.self) { try ListenSocket.unix(folder + "/no/x.sock") }
            #expect(
                error?.description == "Can't listen on unix:\(folder)/no/x.sock: bind: No such file or directory."
            )
            #expect(error?.code == ENOENT)
        }
    }

    @Test("A port of 0 is answered with a free one", arguments: ["127.0.0.1", "localhost"])
    func findsPorts(_ host: String) throws {
        let socket = try ListenSocket.tcp(host: host, port: 0)
        defer { socket.close() }
        let port = try #require(socket.port)
        #expect(port != 0)
        #expect(socket.address == "127.0.0.1:\(port)")
        let error = #expect(throws: ListenError.self) { try ListenSocket.tcp(host: host, port: port) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description.contains("\(host):\(port): bind: Address already in use") == true)
    }

    @Test(
        "An IPv6 address is told in brackets",
        .enabled(if: (try? ListenSocket.tcp(host: "::1", port: 0))?.close() != nil, "the machine has no IPv6")
    )
    func takesLongAddresses() throws {
        let socket = try ListenSocket.tcp(host: "::1", port: 0)
        defer { socket.close() }
        #expect(try socket.address == "[::1]:\(#require(socket.port))")
    }

    @Test("A host that does not exist is told")
    func tellsHosts() {
        let error = #expect(throws: ListenError.self) { try ListenSocket.tcp(host: "no such host", port: 1) }
        #expect(error?.step == "getaddrinfo")
        #expect(error?.address == "no such host:1")
    }
}
