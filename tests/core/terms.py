"""A small vocabulary for the tests of queries and answers."""

from __future__ import annotations

from evidence.model.vocabulary import Guarded, Term, Vocabulary


def _condition(
    id: str,
    label: str,
    *synonyms: str,
    broader: str = "",
    ambiguous: tuple[Guarded, ...] = (),
    abbreviations: tuple[Guarded, ...] = (),
) -> Term:
    return Term("condition", id, label, synonyms, ambiguous, abbreviations, (broader,) if broader else ())


VOCABULARY = Vocabulary(
    terms=(
        _condition(
            "osteoarthritis", "osteoarthritis", "osteoarthrosis", "degenerative joint disease",
            ambiguous=(Guarded("arthritis", ("osteoarthr", "degenerative"), ("rheumatoid",)),),
            abbreviations=(Guarded("OA", ("osteoarthritis", "joint")),),
        ),
        _condition(
            "knee-osteoarthritis", "knee osteoarthritis", "osteoarthritis of the knee", broader="osteoarthritis",
            ambiguous=(Guarded("knee arthritis", (), ("rheumatoid",)),),
            abbreviations=(Guarded("knee OA", ("knee",)),),
        ),
        _condition("hip-osteoarthritis", "hip osteoarthritis", broader="osteoarthritis"),
        _condition("knee-pain", "knee pain", "painful knee"),
        _condition("acl-laxity", "ACL laxity", "anterior cruciate ligament laxity"),
        _condition("lateral-epicondylitis", "lateral epicondylitis", "tennis elbow"),
        _condition("medial-epicondylitis", "medial epicondylitis", "golfer's elbow"),
        _condition("osteonecrosis", "osteonecrosis", "avascular necrosis"),
        _condition("foot-and-ankle-pain", "foot and ankle pain"),
        _condition("plantar-fasciitis", "plantar fasciitis", abbreviations=(Guarded("PF", ("plantar",)),)),
        _condition("patellofemoral-pain", "patellofemoral pain", abbreviations=(Guarded("PF", ("patell",)),)),
        Term("solution", "prolotherapy", "prolotherapy", ("proliferation therapy",)),
        Term("solution", "dextrose", "dextrose", ("hypertonic dextrose",), broader=("prolotherapy",)),
        Term(
            "solution", "platelet-rich-plasma", "platelet-rich plasma",
            abbreviations=(Guarded("PRP", ("platelet", "plasma")),),
        ),
        Term(
            "solution", "corticosteroid", "corticosteroid", ("steroid injection",),
            ambiguous=(Guarded("steroid", ("injection", "local"), ("anabolic",)),),
        ),
        Term("solution", "saline", "saline", ambiguous=(Guarded("saline", ("control",)), Guarded("salt"))),
        Term(
            "design", "randomized-controlled-trial", "randomized controlled trial", ("randomised controlled trial",),
            abbreviations=(Guarded("RCT", ("random",)),),
        ),
        Term("design", "double-blind", "double-blind", ("double blinded",), qualifier=True),
        Term("design", "animal-study", "animal study", ("in rats",)),
        Term("design", "in-vitro-study", "in vitro study", ("in vitro",)),
    ),
    nothing=("Arthritis Foundation",),
)  # fmt: skip
