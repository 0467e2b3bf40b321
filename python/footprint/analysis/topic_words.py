"""Topics of what people say and why they return goods, by words declared in ``topics.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from footprint.text import Text

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its id, name and the words that show it."""

    id: str
    name: Text
    terms: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """All declared topics in their order."""
    raw = tomllib.loads(files("footprint.analysis").joinpath("topics.toml").read_text("utf-8"))
    return tuple(
        Topic(row["id"], Text(row["zh"], row["en"]), tuple(row["terms"])) for row in raw["topic"]
    )


def topics_of(texts: pl.Series) -> pl.Series:
    """The ids of the topics of each text, ``[other]`` where none shows; null texts hold nothing.

    Equal texts are looked at once. Source: requirement row S9.1-b.
    """
    distinct = texts.drop_nulls().unique().alias("text").to_frame()
    plain = pl.col("text").str.normalize("NFKC").str.to_lowercase()
    shown = [
        pl.when(plain.str.contains_any([term.lower() for term in topic.terms]))
        .then(pl.lit(topic.id))
        .otherwise(None)
        for topic in topics()
    ]
    found = distinct.with_columns(topic=pl.concat_list(shown).list.drop_nulls()).with_columns(
        pl.when(pl.col("topic").list.len() == 0)
        .then(pl.lit([OTHER]))
        .otherwise("topic")
        .alias("topic")
    )
    return (
        texts.alias("text")
        .to_frame()
        .join(found, on="text", how="left", maintain_order="left")["topic"]
    )


def main_topic(texts: pl.Series) -> pl.Series:
    """The first topic of each text in the declared order, ``other`` where none shows."""
    return topics_of(texts).list.first()


def topic_name(id: str) -> Text:
    """The name of a topic, the id itself when it is not declared."""
    names = {topic.id: topic.name for topic in topics()}
    return names.get(id, Text("其他", "Other") if id == OTHER else Text(id, id))
