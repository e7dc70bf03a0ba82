"""Second verifier of the ledger, written from RFC 6962, RFC 8032, RFC 9285, C2SP and docs/LEDGER-FORMAT.md, sharing no
code with the product. Trees follow the recursive definitions of RFC 6962; of cryptography it borrows only SHA-2.

Each line of standard input is a question, `COMMAND ARGUMENT...`; each answer is `yes` or `no` and a reason. Byte
strings are hexadecimal, `-` is the empty one, lists are joined with commas."""
import base64, hashlib, re, sys, unicodedata

def need(condition, why):
    if not condition:
        raise ValueError(why)

# RFC 6962 section 2.1 ------------------------------------------------------------------------------------------------
sha256 = lambda data: hashlib.sha256(data).digest()
leaf_hash = lambda data: sha256(b"\x00" + data)
node_hash = lambda left, right: sha256(b"\x01" + left + right)
split = lambda n: 1 << ((n - 1).bit_length() - 1)  # largest power of two smaller than n

def tree_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    k = split(len(leaves))
    return node_hash(tree_root(leaves[:k]), tree_root(leaves[k:]))

def inclusion_root(m, n, leaf, path):  # PATH(m, D[n]) read backwards
    if n == 1:
        need(not path, "length")
        return leaf
    need(path, "length")
    k, rest, sibling = split(n), path[:-1], path[-1]
    if m < k:
        return node_hash(inclusion_root(m, k, leaf, rest), sibling)
    return node_hash(sibling, inclusion_root(m - k, n - k, leaf, rest))

def consistency_roots(m, n, proof, old_root, whole):  # SUBPROOF(m, D[n], whole) read backwards
    if m == n:
        need(len(proof) == (0 if whole else 1), "length")
        return (old_root if whole else proof[0],) * 2
    need(proof, "length")
    k, rest, sibling = split(n), proof[:-1], proof[-1]
    if m <= k:
        old, new = consistency_roots(m, k, rest, old_root, whole)
        return old, node_hash(new, sibling)
    old, new = consistency_roots(m - k, n - k, rest, old_root, False)
    return node_hash(sibling, old), node_hash(sibling, new)

def check_inclusion(leaf, m, n, path, root):
    need(n < 1 << 63 and m < n and len(path) <= 63, "size")
    need(inclusion_root(m, n, leaf, path) == root, "inclusion")

def check_consistency(m, n, old_root, new_root, proof):
    need(n < 1 << 63 and m <= n and len(proof) <= 63, "size")
    if m == 0:
        return need(not proof and old_root == sha256(b"") and (n or new_root == old_root), "consistency")
    need(consistency_roots(m, n, proof, old_root, True) == (old_root, new_root), "consistency")

# RFC 8032 section 5.1: points as (x, y) in projective form over 2^255 - 19 ------------------------------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def point_mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = point_add(q, p)
        p, s = point_add(p, p), s >> 1
    return q

def point(data):
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    need(y < P, "point")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need((x * x - square) % P == 0 and not (x == 0 and sign), "point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

def check_ed25519(public, message, signature):
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    need(len(signature) == 64 and s < L, "signature")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = point_mul(s, base), point_add(r, point_mul(h, a))
    need(all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1)), "signature")

# C2SP signed-note and tlog-checkpoint --------------------------------------------------------------------------------
def b64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64")
    return data

def verifier_key(text):
    name, key_id, key = text.split("+", 2)
    key = b64(key)
    need(len(key) == 33 and key[0] == 1 and name, "key")
    need(sha256(name.encode() + b"\n" + key)[:4].hex() == key_id, "key")
    return name, bytes.fromhex(key_id), key[1:]

def open_checkpoint(note, key):
    need(not re.search("[\x00-\x09\x0b-\x1f]", note) and note.endswith("\n"), "note")
    body, _, lines = note[:-1].rpartition("\n\n")
    text, signed = body + "\n", False
    for line in lines.split("\n"):
        match = re.fullmatch(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)", line)
        need(match, "note")
        data = b64(match[2])
        if match[1] == key[0] and data[:4] == key[1]:
            check_ed25519(key[2], text.encode(), data[4:])
            signed = True
    need(signed, "unsigned")
    origin, size, root = text.split("\n")[:3]
    need(origin == key[0] and re.fullmatch("0|[1-9][0-9]{0,18}", size) and len(b64(root)) == 32, "checkpoint")
    return int(size), b64(root)

# docs/LEDGER-FORMAT.md -----------------------------------------------------------------------------------------------
class Reader:
    def __init__(self, data):
        self.data = data
    def take(self, length):
        need(len(self.data) >= length, "truncated")
        head, self.data = self.data[:length], self.data[length:]
        return head
    def number(self, length):
        return int.from_bytes(self.take(length), "big")
    def text(self, most):
        data = self.take(self.number(2))
        need(len(data) <= most, "limit")
        return data.decode("utf-8")

def read_event(data):
    reader, name = Reader(data), "[a-z0-9._-]{1,64}"
    need(len(data) <= 65535 and reader.take(17)[0] == 1, "event")
    kind, at, _, _ = (reader.text(most) for most in (64, 30, 256, 256))
    fields = [(reader.text(64), reader.text(4096)) for _ in range(reader.number(2))]
    keys = [key for key, _ in fields]
    need(not reader.data and len(keys) <= 64 and all(a < b for a, b in zip(keys, keys[1:])), "event")
    need(all(re.fullmatch(name, text) for text in [kind, *keys]), "event")
    date, time = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", r"([01][0-9]|2[0-3])(:[0-5][0-9]){2}"
    need(re.fullmatch(date + "T" + time + r"(\.[0-9]{1,9})?Z", at), "event")
    return kind, dict(fields)

BLANK = "[\t-\r \x85\xa0\xad\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"

count = lambda n: n.to_bytes(4, "big")
prefixed = lambda data: count(len(data)) + data
cell = lambda text: prefixed(unicodedata.normalize("NFC", re.sub(BLANK, "", text)).encode())

def base45(text):
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".index(c) for c in text]
    groups = [values[i:i + 3] for i in range(0, len(values), 3)]
    need(len(values) % 3 != 1, "base 45")
    return b"".join(sum(d * 45**j for j, d in enumerate(g)).to_bytes(len(g) - 1, "big") for g in groups)

def check_page(qr, key, head, rows):
    need(qr.startswith("KHIEN1:"), "prefix")
    reader = Reader(base45(qr[7:]))
    need(reader.number(1) == 1 and reader.take(reader.number(1)).decode() == key[0], "unsigned")
    size, root = reader.number(8), reader.take(32)
    need(reader.take(4) == key[1], "unsigned")
    check_ed25519(key[2], f"{key[0]}\n{size}\n{base64.b64encode(root).decode()}\n".encode(), reader.take(64))
    index, path = reader.number(8), [reader.take(32) for _ in range(reader.number(1))]
    leaf = reader.take(reader.number(2))
    check_inclusion(leaf_hash(leaf), index, size, path, root)
    kind, fields = read_event(leaf)
    need(not reader.data and kind == "page.printed", "page")
    page = b"khien-page-1\n" + b"".join(map(cell, head)) + count(len(rows))
    page += b"".join(count(len(row)) + b"".join(map(cell, row)) for row in rows)
    need(b64(fields["digest"]) == sha256(page), "digest")

raw = lambda text: b"" if text == "-" else bytes.fromhex(text)
many = lambda text: [raw(part) for part in text.split(",")] if text else []

def page_question(key, qr, *table):
    head, *rows = [[text.decode() for text in many(row)] for row in table]
    check_page(raw(qr).decode(), verifier_key(key), head, rows)

CHECKS = {
    "root": lambda leaves, root: need(tree_root([leaf_hash(leaf) for leaf in many(leaves)]) == raw(root), "root"),
    "inclusion": lambda leaf, m, n, root, path: check_inclusion(raw(leaf), int(m), int(n), many(path), raw(root)),
    "consistency": lambda m, n, old, new, path: check_consistency(int(m), int(n), raw(old), raw(new), many(path)),
    "checkpoint": lambda key, note, size, root: need(
        open_checkpoint(raw(note).decode(), verifier_key(key)) == (int(size), raw(root)), "checkpoint"),
    "event": lambda leaf: read_event(raw(leaf)),
    "page": page_question,
}
for question in sys.stdin:
    command, *arguments = question.rstrip("\n").split(" ")
    check = CHECKS[command]
    try:
        check(*arguments)
        print("yes")
    except (ValueError, OverflowError, KeyError) as refusal:
        print("no", refusal)
