import Datasets
import Decoding
import Foundation
import JobSpecs

/// How a job differs from the one that its run was begun with, and whether the run can go on as the new job's.
///
/// What adds something, or takes something away, leaves the other responses valid. What changes how text is generated or
/// judged does not.
package struct JobChanges: Sendable {
    /// Settings that add to the run or take from it.
    package private(set) var growing: [SpecIdentity.Change] = []
    /// Settings that responses of both jobs in one run would mix.
    package private(set) var mixing: [SpecIdentity.Change] = []
    /// Data sets whose problems are not simply the old ones and more: whether those that both have are the same is seen from
    /// their requests only.
    private var doubtful: Set<String> = []
    private let old: SpecIdentity

    package var isEmpty: Bool { growing.isEmpty && mixing.isEmpty }

    /// Whether responses that a limit has cut go on.
    package var raisesLimits: Bool { growing.contains(where: \.raises) }

    package init(from old: SpecIdentity, to job: LoadedJob) {
        self.old = old
        let new = SpecIdentity(job)
        var judged: Set<String> = []
        for change in new.difference(from: old) {
            let part = SettingOwner(change.key, in: [old, new])
            switch part {
            case .dataset(let name) where old.has(part) && new.has(part):
                if judged.insert(name).inserted { judge(name, in: old, new, job) }
            case .dataset, .method, .model:
                if old.has(part), new.has(part) {
                    note(change, isGrowth: change.isOfSamples)
                } else if change.isHeadOfPart {
                    growing.append(change)
                }
            case .job:
                let isGrowth =
                    ["datasets", "methods"].contains(change.key) || change.isOfSamples || change.raises
                    || change.key == "seed" && new.sampleSeeds.extends(old.sampleSeeds)
                note(change, isGrowth: isGrowth)
            }
        }
    }

    /// Whether the first request must show that a trajectory's problem is still the same: the old job had it too, and its data
    /// set is not the same.
    package func isDoubtful(_ id: TrajectoryID) -> Bool {
        doubtful.contains(id.dataset) && id.sample < old.samples(of: id.method)
    }

    private mutating func note(_ change: SpecIdentity.Change, isGrowth: Bool) {
        if isGrowth { growing.append(change) } else { mixing.append(change) }
    }

    /// Both jobs have a data set of this name, but not the same problems.
    private mutating func judge(_ name: String, in old: SpecIdentity, _ new: SpecIdentity, _ job: LoadedJob) {
        let keys = SpecIdentity.Keys(dataset: name)
        let problems = job.allProblems[name] ?? []
        let changes = new.difference(from: old).filter { keys.all.contains($0.key) }
        let count = old[keys.count].flatMap { Int($0) } ?? 0
        let hasOld =
            problems.count > count
            && SpecIdentity.questions(of: problems.prefix(count)) == old[keys.questions]
            && SpecIdentity.answers(of: problems.prefix(count)) == old[keys.answers]
        if hasOld {
            growing += changes.filter { $0.key == keys.count }
        } else if old[keys.questions] == new[keys.questions] {
            mixing += changes
        } else {
            growing += changes.filter { $0.key != keys.answers }
            doubtful.insert(name)
        }
    }
}

/// What a setting belongs to.
private enum SettingOwner: Hashable {
    case dataset(String)
    case method(String)
    case model(String)
    case job

    /// Names may hold dots, so the part is the longest that exists.
    init(_ key: String, in identities: [SpecIdentity]) {
        func part(_ section: String, _ mark: String) -> String? {
            identities.flatMap { $0.names(in: section, mark) }.filter { key.hasPrefix("\(section).\($0).") }
                .max { $0.count < $1.count }
        }
        if let name = part("datasets", "count") {
            self = .dataset(name)
        } else if let name = part("methods", "kind") {
            self = .method(name)
        } else if let name = part("models", "files") ?? Self.reader(ofPart: key) {
            self = .model(name)
        } else {
            self = .job
        }
    }

    /// The model whose input a setting of the prompt changes.
    private static func reader(ofPart key: String) -> String? {
        Role.named.map(\.rawValue).first { key.hasPrefix("prompt.\($0).") }
    }

    /// The key that every part of this kind has.
    var mark: String? {
        switch self {
        case .dataset(let name): SpecIdentity.Keys(dataset: name).count
        case .method(let name): "methods.\(name).kind"
        case .model(let name): "models.\(name).files"
        case .job: nil
        }
    }
}

extension SpecIdentity {
    fileprivate func has(_ part: SettingOwner) -> Bool { part.mark.map { self[$0] != nil } ?? true }

    fileprivate func names(in section: String, _ mark: String) -> [String] {
        entries.compactMap { entry in
            guard entry.key.hasPrefix("\(section)."), entry.key.hasSuffix(".\(mark)"),
                entry.key.count > section.count + mark.count + 2
            else { return nil }
            return String(entry.key.dropFirst(section.count + 1).dropLast(mark.count + 1))
        }
    }
}

extension SpecIdentity.Change {
    fileprivate var isOfSamples: Bool { key == "samples" || key.hasSuffix(".samples") }

    /// Whether it stands for all settings of a part that was added or taken away. Methods and data sets have lists of their own.
    fileprivate var isHeadOfPart: Bool { key.hasPrefix("models.") && key.hasSuffix(".files") }

    /// Whether a limit of the response's length was raised: only those that it had cut go on.
    fileprivate var raises: Bool {
        guard ["decoding.max_tokens", "decoding.max_tokens_per_call", "decoding.max_steps"].contains(key),
            let old = old.flatMap({ Int($0) }), let new = new.flatMap({ Int($0) })
        else { return false }
        return new > old
    }
}

extension SpecIdentity {
    /// Samples of a problem by a method; 0 if it has no such method.
    fileprivate func samples(of method: String) -> Int {
        guard self["methods.\(method).kind"] != nil else { return 0 }
        let count = (self["methods.\(method).samples"] ?? self["samples"]).flatMap { Int($0) }
        return count ?? (self["seed"] ?? "").components(separatedBy: ", ").count
    }

    /// The seed of each sample of a problem.
    fileprivate var sampleSeeds: [String] {
        let seeds = (self["seed"] ?? "").components(separatedBy: ", ")
        let counts = entries.filter { $0.key == "samples" || $0.key.hasSuffix(".samples") }.compactMap { Int($0.value) }
        return seeds.count == 1 ? Array(repeating: seeds[0], count: counts.max() ?? 1) : seeds
    }
}

extension [String] {
    /// Whether one list begins with the other.
    fileprivate func extends(_ other: [String]) -> Bool { starts(with: other) || other.starts(with: self) }
}
