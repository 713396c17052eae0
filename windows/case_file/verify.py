"""案卷核验: whether a case file exported from the portal is as it was. Needs Python 3.9 or later and nothing else.

    python3 verify.py 案卷.zip        (or the folder it was unpacked to)

Names every part that was changed, is missing or was added, and exits 1; exits 0 when the whole file is as it was exported.
What is compared: the hash of every part with the index, the index with its seal, the chain of the case's events from first to
last, and, for the archive itself, every byte around the parts.
"""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

INDEX, SEAL, EVENTS = "index.json", "seal.json", "events.json"
GENESIS = "0" * 64


def canonical(data):
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def read_parts(place):
    """Name → bytes of every part, and the sentences about parts that cannot be read."""
    if place.is_dir():
        paths = [path for path in sorted(place.rglob("*")) if path.is_file()]
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in paths}, []
    parts, wrong = {}, []
    try:
        with zipfile.ZipFile(place) as archive:
            for name in archive.namelist():
                try:
                    parts[name] = archive.read(name)
                except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
                    wrong.append(f"{name}：不能读取（{error}）")
    except (zipfile.BadZipFile, OSError, ValueError, UnicodeDecodeError) as error:
        return {}, [f"压缩包：不能打开（{error}）"]
    return parts, wrong


def pack(parts):
    """The archive these parts make: stored, in the order given, one fixed date, so that equal parts give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def findings(place):
    """One sentence for every part that is not as it was exported, in the order of the index."""
    parts, wrong = read_parts(place)
    if wrong:
        return wrong
    for name in (INDEX, SEAL, EVENTS):
        if name not in parts:
            wrong.append(f"{name}：缺失")
    if wrong:
        return wrong
    try:
        seal = json.loads(parts[SEAL].decode("utf-8"))
        sealed, case, head = seal["index_sha256"], seal["case"], seal["last_event_hash"]
    except (ValueError, KeyError, TypeError):
        return [f"{SEAL}：内容被改动"]
    if seal.get("seal_sha256") != hashlib.sha256(canonical([sealed, case, head])).hexdigest() or parts[SEAL] != pretty(
        seal
    ):
        wrong.append(f"{SEAL}：内容被改动")
    if hashlib.sha256(parts[INDEX]).hexdigest() != sealed:
        return wrong + [f"{INDEX}：内容被改动"]
    listed = json.loads(parts[INDEX].decode("utf-8"))["parts"]
    for entry in listed:
        content = parts.get(entry["name"])
        if content is None:
            wrong.append(f"{entry['name']}：缺失（{entry['title']}）")
        elif hashlib.sha256(content).hexdigest() != entry["sha256"]:
            wrong.append(f"{entry['name']}：内容被改动（{entry['title']}）")
    known = {entry["name"] for entry in listed} | {INDEX, SEAL}
    wrong += [f"{name}：目录中没有这一部分" for name in parts if name not in known]
    if not wrong:
        wrong += chain_findings(json.loads(parts[EVENTS].decode("utf-8")), case, head)
    if not wrong and place.is_file() and pack(parts) != place.read_bytes():
        wrong.append("压缩包：各部分之外的字节被改动")
    return wrong


def pretty(data):
    return json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8")


def chain_findings(events, case, head):
    """The events, each standing on the one before, up to the head in the seal."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        record = {name: event[name] for name in ("sequence", "kind", "at", "recorded_at", "actor", "detail")}
        record["case"] = case
        expected = hashlib.sha256(previous.encode("ascii") + canonical(record)).hexdigest()
        if event["sequence"] != number or event["hash"] != expected:
            return [f"{EVENTS}：第{number}个事件与前后不衔接"]
        previous = expected
    return [] if previous == head else [f"{EVENTS}：末事件与封签不符"]


def main(arguments):
    if len(arguments) != 1 or not Path(arguments[0]).exists():
        print("用法：python3 verify.py 案卷.zip（或者解开后的文件夹）", file=sys.stderr)
        return 2
    wrong = findings(Path(arguments[0]))
    for sentence in wrong:
        print(sentence)
    if not wrong:
        print("案卷完整，各部分与导出时一致。")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
