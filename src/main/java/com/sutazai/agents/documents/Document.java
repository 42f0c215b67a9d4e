package com.sutazai.agents.documents;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A document as its owner sees it.
 *
 * @param language as it was told, {@code und} where it was not
 * @param search how its words are brought to their stems: a text search configuration of
 *     PostgreSQL, {@code simple} for none
 * @param passages into which it was cut
 * @param text only where one document was asked for
 */
@RegisterForReflection
record Document(
    UUID id,
    String name,
    List<String> tags,
    String language,
    String search,
    int characters,
    int passages,
    Instant createdAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String text) {
  static Document from(Row row, @Nullable String text) {
    return new Document(
        row.getUUID("id"),
        row.getString("name"),
        List.of(row.getArrayOfStrings("tags")),
        row.getString("language"),
        row.getString("configuration"),
        row.getInteger("characters"),
        row.getInteger("passages"),
        row.getOffsetDateTime("created_at").toInstant(),
        text);
  }
}
