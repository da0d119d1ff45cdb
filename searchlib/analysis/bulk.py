from __future__ import annotations
from typing import NamedTuple
import numpy as np
from searchlib.analysis.terms import analyze

class Gathered(NamedTuple):
    vocabulary: list[str]
    words: np.ndarray
    word_counts: np.ndarray
    chars: np.ndarray
    char_texts: np.ndarray

class Gatherer:
    def __init__(self):
        self._reset()
    def _reset(self):
        self.v={}; self.w=[]; self.wc=[]; self.c=[]; self.ct=[]; self.characters_gathered=0; self.words_gathered=0; self.n=0
    def add(self, text):
        t=analyze(text)
        self.w += [self.v.setdefault(w,len(self.v)) for w in t.words]
        self.wc.append(len(t.words))
        self.c += [(ord(c[0])<<21)|(ord(c[1]) if len(c)>1 else 0) for c in t.chars]
        self.ct += [self.n]*len(t.chars)
        self.n+=1
        self.characters_gathered+=len(text)
    def take(self):
        r=Gathered(list(self.v),np.array(self.w,np.uint32),np.array(self.wc,np.uint32),np.array(self.c,np.uint64),np.array(self.ct,np.uint32))
        self._reset()
        return r
