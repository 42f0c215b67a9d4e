package com.sutazai.agents.documents;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.UUID;

/**
 * A piece of a document that was found.
 *
 * @param number of the passage in its document, from 0
 * @param rank how well it fits, by the cover density of the words (ts_rank_cd): 0 to 1, to be
 *     compared within one answer alone
 * @param headline fragments with what was found between {@code **}
 */
@RegisterForReflection
record Passage(
    UUID documentId,
    String name,
    List<String> tags,
    int number,
    double rank,
    String headline,
    String text) {
  static Passage from(Row row) {
    return new Passage(
        row.getUUID("document_id"),
        row.getString("name"),
        List.of(row.getArrayOfStrings("tags")),
        row.getInteger("number"),
        row.getDouble("rank"),
        row.getString("headline"),
        row.getString("text"));
  }
}
