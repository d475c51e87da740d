import GafferHTTP
import GafferModel
import Glibc
import Testing
import WebServer
import WebTestKit

/// In processes of their own, since they use up what all tests share.
@Suite("Descriptors")
struct DescriptorTests {
    @Test("Without a free descriptor nobody is let in, and with one everybody again")
    func survivesExhaustion() async {
        await #expect(processExitsWith: .success) {
            try await withLiveServer(makeAPI(FakeSupervisor())) { place, _ in
                try await blocking {
                    // Connected before, so that the rest of the server does not need descriptors any more.
                    let early = try place.connect()
                    try early.send("GET /ping HTTP/1.1\r\n\r\n")
                    try #require(try early.receive().text == "OK")

                    var limit = rlimit(rlim_cur: 256, rlim_max: 256)
                    try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
                    var taken: [CInt] = []
                    while true {
                        let copy = dup(0)
                        guard copy >= 0 else { break }
                        taken.append(copy)
                    }
                    try #require(errno == EMFILE)
                    close(taken.removeLast())
                    let client = try place.connect()
                    try client.send("GET /ping HTTP/1.1\r\n\r\n")
                    // Those who are in are served meanwhile.
                    for _ in 0..<100 {
                        try early.send("GET /ping HTTP/1.1\r\n\r\n")
                        try #require(try early.receive().text == "OK")
                    }
                    for copy in taken { close(copy) }
                    try #require(try client.receive().text == "OK")
                }
            }
        }
    }

    @Test("Connections leave no descriptor behind, however they end")
    func leaksNone() async {
        await #expect(processExitsWith: .success) {
            try await withLiveServer(makeAPI(FakeSupervisor())) { place, _ in
                try await blocking {
                    let endings = [
                        "", "GET /ping HTTP/1.1\r\n\r\n", "GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n",
                        "rubbish\r\n\r\n", "GET /pi", "POST /state HTTP/1.1\r\nContent-Length: 9\r\n\r\n1",
                        "POST /state HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n1",
                    ]
                    func round() throws {
                        for ending in endings {
                            let client = try place.connect()
                            try client.send(ending)
                            try client.finish()
                            _ = try client.receiveEnd()
                        }
                    }
                    try round()
                    let held = try place.connect()
                    // Proves that the counter counts: the server has one end, and we have the other.
                    try held.send("GET /ping HTTP/1.1\r\n\r\n")
                    _ = try held.receive()
                    let before = openDescriptors()
                    do {
                        let another = try place.connect()
                        try another.send("GET /ping HTTP/1.1\r\n\r\n")
                        _ = try another.receive()
                        try #require(openDescriptors() == before + 2)
                        try another.finish()
                        _ = try another.receiveEnd()
                    }
                    for _ in 0..<50 { try round() }
                    // The client may see its end before the server has closed its own.
                    var after = openDescriptors()
                    for _ in 0..<10_000 where after > before { after = openDescriptors() }
                    try #require(after == before)
                }
            }
        }
    }
}

private func openDescriptors() -> Int {
    (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
}
