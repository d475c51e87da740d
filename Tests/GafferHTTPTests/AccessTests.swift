import GafferModel
import GafferSystem
import Glibc
import Testing
import WebServer

@testable import GafferHTTP

@Suite("Who gets in")
struct AccessTests {
    @Test("The kernel tells who connected")
    func asksTheKernel() throws {
        var pair: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let peer = try #require(Peer(of: pair[0]))
        #expect(peer.uid == geteuid())
        #expect(peer.gid == getegid())
        #expect(peer.pid == getpid())
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(Int32(groups.count), &groups)
        #expect(Set(peer.groups) == Set(groups.prefix(Int(count))))
        let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(tcp) }
        #expect(Peer(of: tcp) == nil)
        #expect(Peer(of: -1) == nil)
    }
}
