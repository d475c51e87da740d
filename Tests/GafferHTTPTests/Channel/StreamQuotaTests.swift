import GafferAuth
import GafferHTTP
import GafferModel
import Testing

@Suite struct StreamQuotaTests {
    @Test(
        "Each has its own number of streams",
        arguments: [
            (Principal(.key(id: "a"), .none), 2), (Principal(.peer(uid: 7, pid: 1), .none), 3),
            (Principal(.open, .none), 3), (.anonymous, 0),
        ]
    )
    func limits(principal: Principal, limit: Int) {
        let quota = StreamQuota(perKey: 2, perUser: 3)
        let other = quota.seat(for: Principal(.key(id: "b"), .none))
        let seats = (0..<limit).compactMap { _ in quota.seat(for: principal) }
        #expect(seats.count == limit)
        #expect(quota.seat(for: principal) == nil)
        #expect(quota.openStreams == limit + 1)
        seats.first?.leave()
        seats.first?.leave()
        #expect((quota.seat(for: principal) != nil) == (limit > 0))
        other?.leave()
    }

    @Test("A user's processes are counted together, and a seat that nobody holds is free")
    func sharing() {
        let quota = StreamQuota(perUser: 1)
        do {
            let seat = quota.seat(for: Principal(.peer(uid: 7, pid: 1), .none))
            #expect(quota.seat(for: Principal(.peer(uid: 7, pid: 2), .none)) == nil)
            #expect(quota.seat(for: Principal(.peer(uid: 8, pid: 2), .none)) != nil)
            withExtendedLifetime(seat) {}
        }
        #expect(quota.openStreams == 0)
        #expect(quota.seat(for: Principal(.peer(uid: 7, pid: 2), .none)) != nil)
    }
}
