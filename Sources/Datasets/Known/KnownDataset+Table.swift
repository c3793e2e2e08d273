extension KnownDataset {
    /// Sorted by name.
    package static let all = [
        KnownDataset(
            "aime24", bytes: 156_944, records: 30,
            sha256: "af2b8bd2aa911b6333ad0df32f3ca05c7ae8ed10f1731f4372c8ae26990bf7ac"),
        KnownDataset(
            "aimo2", bytes: 6841, records: 10,
            sha256: "2d4bb182712130e298a296691be14691ef1698fd64dc637eb90a00a4be2eb4ce"),
        KnownDataset(
            "amc23", bytes: 27_631, records: 40,
            sha256: "43707e1ca784602d8479de24ee8ce36609dbebc46dd152b0b12a46611aa898a4"),
        KnownDataset(
            "aqua", bytes: 130_192, records: 254,
            sha256: "de41581881ef95c5588c44ddc701c77fd480839241dd422a0d181262af24520c"),
        KnownDataset(
            "asdiv", bytes: 613_636, records: 2215,
            sha256: "5759580385e706f961a30d4c07d6925b35c3f7c86d6c50bc413957169693dad2"),
        KnownDataset(
            "carp_en", bytes: 1_278_970, records: 976,
            sha256: "f93f00bed6273d7f6795f674d8458662be596950f81ef433d8b80592ba3aae64"),
        KnownDataset(
            "cmath", bytes: 119_574, records: 600,
            sha256: "e2ceabf05d10b37f207eaebbe8db24dbfc961e1a4f07337d2fc4db42a7f44fdb"),
        KnownDataset(
            "cn_middle_school", bytes: 27_321, records: 101,
            sha256: "d768b866b72ecd1ddcaa84acb56d7bd70d759fbb2cdb0c2bc63f1e5befdb58d6"),
        KnownDataset(
            "college_math", bytes: 1_188_309, records: 2818,
            sha256: "91131bc4a355b884fc63ef7c4f048c35adb030004a4cb07b1475698f120aa4a6"),
        KnownDataset(
            "gaokao2023en", bytes: 139_740, records: 385,
            sha256: "654d8f49bdb86f578c171dbc0dd8f4d9f1bf3d7a7438f60359fda7d643df4951"),
        KnownDataset(
            "gaokao2024_I", bytes: 5539, records: 14,
            sha256: "9a5bb19a1b767d5cd48be164efc048351784580142b0dd84a6ad7e8ec3ece18e"),
        KnownDataset(
            "gaokao2024_II", bytes: 6078, records: 14,
            sha256: "55cc8057d85c5bdf0a993cda2d37b3aee6f733761c70b101a6d086d213732acc"),
        KnownDataset(
            "gaokao2024_mix", bytes: 26_662, records: 91,
            sha256: "d00cf32da2252408cb7abd49e8e13adcb801dc08e74a9bd57d1df92c0416935c"),
        KnownDataset(
            "gaokao_math_cloze", bytes: 38_690, records: 118,
            sha256: "088675c147794970a3ed25c7147a3bbc59715d6813837d5f483f46dcb1b5008d"),
        KnownDataset(
            "gaokao_math_qa", bytes: 137_661, records: 351,
            sha256: "4717f8ab70130e277da9056261e3d63f1f6b062049b97b2d204299917da656fb"),
        KnownDataset(
            "gpqa", bytes: 132_777, records: 198,
            sha256: "b42baaf56325ee8b06cf438465c1779a57affd8e971e2298e7751827d66dbc39"),
        KnownDataset(
            "gsm8k", bytes: 761_421, records: 1319,
            sha256: "9f098df7ff4522078d6ccec27a5c38a454790fdb51131bedfaa0e490070d5394"),
        KnownDataset(
            "math500", bytes: 446_564, records: 500,
            sha256: "35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132"),
        KnownDataset(
            "mawps", bytes: 402_636, records: 2065,
            sha256: "00ffe31161be8623a3d36741830edbba87a3aee0109f693810fe40b9d5d91b8b"),
        KnownDataset(
            "mawps_addsub", file: "mawps/addsub.jsonl", reader: "mawps", bytes: 70_911, records: 395,
            sha256: "2fae2c92530cdf1ac0487db9a90e68d6af84049d755c07c4486411c1d7f43e75"),
        KnownDataset(
            "mawps_multiarith", file: "mawps/multiarith.jsonl", reader: "mawps", bytes: 109_522, records: 600,
            sha256: "12e8295088364af21fb6591dbdbd1dda452aade57227f63d725677471ded2951"),
        KnownDataset(
            "mawps_singleeq", file: "mawps/singleeq.jsonl", reader: "mawps", bytes: 86_536, records: 508,
            sha256: "07bec92bae226dd5231a966e907a0f097ba3170a1557c73ceeb135caad8d09f8"),
        KnownDataset(
            "mawps_singleop", file: "mawps/singleop.jsonl", reader: "mawps", bytes: 75_278, records: 562,
            sha256: "feb012e7ed5503cdb96fd127d539692b033000e9134655acaf4f4e0091328e94"),
        KnownDataset(
            "minerva_math", bytes: 247_267, records: 272,
            sha256: "0e656b430d3a0a1dab6aa853f453ba3805e28e2cabe4fc72486a897cc09d8ba2"),
        KnownDataset(
            "mmlu_stem", bytes: 1_024_981, records: 3018,
            sha256: "fd7c16f96067d285638abb5aaef9cd8a063b11454e14cb64df93141a58691478"),
        KnownDataset(
            "olympiadbench", bytes: 1_493_870, records: 675,
            sha256: "bb8c1e38a16ea9eacb77530315a674d883f267fbff79183effc53681b4fcc416"),
        KnownDataset(
            "sat_math", bytes: 14_128, records: 32,
            sha256: "96720a1dc496ea72f80db55250290cf9c48e95b657ac2183b7deb1dc4627351f"),
        KnownDataset(
            "svamp", bytes: 280_029, records: 1000,
            sha256: "d0826ff1264f3860e46fc4e71db9e31d2d188960db87090e22677f9493e67a0d"),
    ]
}
