import GafferModel
import GafferSystem
import Glibc
import Testing
import WebServer

@testable import GafferHTTP

@Suite("Who gets in")
struct AccessTests {
    private static let gaffer: UInt32 = 900

    @Test(
        "The peer of a unix socket is known by user and groups",
        arguments: [
            (Peer(uid: 0, gid: 0, pid: 1, groups: []), Role.administrator),
            (Peer(uid: 500, gid: 1, pid: 1, groups: []), .administrator),
            (Peer(uid: 1000, gid: gaffer, pid: 1, groups: []), .member),
            (Peer(uid: 1000, gid: 1000, pid: 1, groups: [4, gaffer]), .member),
            (Peer(uid: 1000, gid: 1000, pid: 1, groups: [0, 4]), .none),
            (Peer(uid: 1000, gid: 500, pid: 1, groups: []), .none),
        ]
    )
    func knowsPeers(_ peer: Peer, _ role: Role) {
        #expect(AccessRule.peer(owner: 500, group: AccessTests.gaffer).role(of: peer) == role)
        // Where there is no such group, nobody is in it.
        #expect(AccessRule.peer(owner: 500, group: nil).role(of: peer) == (role == .member ? .none : role))
    }

    @Test("Without the kernel's word a peer is nobody, but on an open endpoint everybody is an administrator")
    func needsTheKernel() {
        #expect(AccessRule.peer(owner: 500, group: AccessTests.gaffer).role(of: nil) == .none)
        #expect(AccessRule.open.role(of: nil) == .administrator)
    }

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
