import GafferAuth
import GafferModel
import Testing

@Suite("Who may do what")
struct PrincipalTests {
    @Test("Nobody may do nothing but what needs nothing")
    func boundsNobody() {
        #expect(Principal.anonymous.meets(.nothing))
        #expect(!Principal.anonymous.meets(.identity))
        #expect(!Principal.anonymous.meets(.right(.read, .everything)))
    }
}
