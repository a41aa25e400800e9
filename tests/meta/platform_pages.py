# SPDX-License-Identifier: MIT
"""The pages of docs/platforms/, their code blocks, and the commands in those, against the table of
what commands may say (platform_options.ini)."""
import configparser
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "docs" / "platforms"
TABLE = Path(__file__).with_name("platform_options.ini")
FENCE = re.compile(r"^```(\w+)((?: \w+)*)\n(.*?)^```$", re.M | re.S)
# Commands of any Linux, and tare itself, which have tests of their own.
ORDINARY = {"awk", "cat", "cd", "cp", "curl", "dd", "dnsmasq", "done", "export", "lsblk", "make", "python3",
            "qemu-img", "qemu-system-x86_64", "script", "sleep", "stat", "stty", "tail", "tar", "tare",
            "tee", "truncate", "[", "true", "grep", "mkdir", "mktemp", "rm", "trap", "echo", "exit",
            "set"}
KEYWORDS = {"if", "then", "else", "elif", "while", "until", "do", "!", "done", "fi", "{", "}"}


@dataclass(frozen=True)
class Block:
    page: str
    language: str
    words: tuple  # behind the language: "run" marks what tests run as it stands
    text: str


def pages():
    return sorted(path.name for path in FOLDER.glob("*.md"))


def blocks(page, language=None):
    return [Block(page, lang, tuple(words.split()), text)
            for lang, words, text in FENCE.findall((FOLDER / page).read_text())
            if language in (None, lang)]


def commands(text):
    """Every simple command of a shell text as a list of words, those in $(...) too."""
    text = re.sub(r"(?m)(^|\s)#.*$", "", re.sub(r"\\\n\s*", " ", text))
    found = []
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&\n")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = []
        for word in list(lexer) + [";"]:
            if re.fullmatch(r"[();<>|&]+", word):
                if words and word[0] not in "<>":
                    found.append(words)
                    words = []
                continue
            inner = re.search(r"\$\((.*)\)", word)
            if inner:
                found += commands(inner.group(1))
            words.append(word)
        if words:
            found.append(words)
    return [rest for rest in map(_bare, found) if rest]


def _bare(words):
    """Without keywords and assignments in front."""
    words = list(words)
    while words and (words[0] in KEYWORDS or re.match(r"\w+\+?=", words[0]) or words[0] == "$"):
        words.pop(0)
    return words


class Table:
    """What each command may say."""

    def __init__(self):
        parser = configparser.ConfigParser(interpolation=None, delimiters=("=",),
                                           comment_prefixes=("#",), default_section="DEFAULT")
        parser.optionxform = str
        parser.read(TABLE)
        self._rows = {name: parser[name] for name in parser.sections()}
        self.programs = {name.split()[0] for name in self._rows}

    def row(self, words):
        """The name of the section that a command falls under, or None."""
        for count in range(min(len(words), 5), 0, -1):
            if " ".join(words[:count]) in self._rows:
                return " ".join(words[:count])
        return None

    def faults(self, words):
        """What is wrong with a command, in words; nothing where all of it is known."""
        name = self.row(words)
        if name is None:
            return [f'"{" ".join(words[:3])}": no such command in {TABLE.name}']
        row, rest = self._rows[name], words[len(name.split()):]
        known = row["options"].split()
        faults = []
        for at, word in enumerate(rest):
            if words[0] == "xe":
                option = re.split(r"[=:]", word)[0]
            elif re.match(r"-[\w.-]+(=|$)", word):
                option = word.split("=")[0]
            else:
                continue
            like = {option, re.sub(r"\d+$", "[n]", option)} & set(known)
            if not like:
                faults.append(f'"{word}": no option of {name} ({row["source"]})')
            elif at + 1 < len(rest):
                faults += self._keys(name, row, like.pop(), rest[at + 1])
        return faults

    def _keys(self, name, row, option, value):
        for line in re.split(r"\s(?=--)", row["keys"].strip()):
            head, _, known = line.partition(":")
            if head == option and known:
                return [f'"{part}": no part of {option} of {name} ({row["source"]})'
                        for part in value.split(",")
                        if "=" in part and part.split("=")[0] not in known.split()]
        return []
