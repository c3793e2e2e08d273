/// The Python script of a worker.
enum MathVerifyScript {
    /// Reads one question per line from standard input and writes one verdict per line to the original standard output; output of
    /// libraries goes to the log. It measures no time: the parent process does.
    static let text = #"""
        import json, os, resource, sys

        answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        # A power tower must not take the machine's memory.
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))

        import logging
        from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

        logging.disable(logging.CRITICAL)
        CONFIG = [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()]

        def read(text):
            return parse(text, CONFIG, parsing_timeout=None)

        def boxed(answer):
            # A plain answer is wrapped, so that all of it is taken for mathematics; dollars would end that.
            plain = answer.replace("\\$", "").replace("$", "").strip().rstrip(".")
            return "\\boxed{" + plain + "}"

        def judge(question):
            answer = question.get("answer")
            gold = read(boxed(question["gold"]))
            found = read(question["text"] if answer is None else boxed(answer))
            if not gold:
                return {"verdict": "error", "reason": "math-verify does not understand the gold answer"}
            if not found:
                return {"verdict": "empty" if answer is None else "wrong"}
            right = verify(gold, found, float_rounding=6, strict=True, timeout_seconds=None)
            reply = {"verdict": "right" if right else "wrong"}
            if answer is None:
                reply["answer"] = str(found[-1])
            return reply

        def say(reply):
            answers.write(json.dumps(reply) + "\n")
            answers.flush()

        say({"ready": True})
        for line in sys.stdin:
            try:
                reply = judge(json.loads(line))
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                reply = {"verdict": "error", "reason": (type(error).__name__ + ": " + str(error))[:300]}
            say(reply)
        """#
}
