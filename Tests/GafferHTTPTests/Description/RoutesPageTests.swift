import Glibc
import Testing

@testable import GafferHTTP

@Suite("The article of the routes")
struct RoutesPageTests {
    @Test("It has what the description says; GAFFER_UPDATE_PAGES=1 writes it anew")
    func isCurrent() {
        if getenv("GAFFER_UPDATE_PAGES") != nil {
            #expect(RoutesPage.store(), "\(RoutesPage.path) can't be written")
        }
        // Apart from the expectation, which would show the whole of it.
        let stored = RoutesPage.stored()?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        let wanted = RoutesPage.text.split(separator: "\n", omittingEmptySubsequences: false)
        let missing = wanted.filter { !stored.contains($0) }
        let tooMuch = stored.filter { !wanted.contains($0) }
        #expect(missing == [])
        #expect(tooMuch == [])
        let isSame = stored == wanted
        #expect(isSame, "the lines are the same, in another order")
    }

    @Test("It has a line for each method of each path", arguments: Operation.all.filter { $0.method != .head })
    func hasEachRoute(_ operation: GafferHTTP.Operation) {
        let rows = RoutesPage.text.split(separator: "\n").filter {
            $0.hasPrefix("| `\(operation.method.rawValue) \(operation.path)` | `")
        }
        #expect(rows.count == 1)
        #expect(RoutesPage.row(operation).contains(operation.summary))
    }
}
