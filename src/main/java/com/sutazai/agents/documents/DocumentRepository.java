package com.sutazai.agents.documents;

import static com.sutazai.platform.sql.SqlValues.time;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code documents} and {@code document_passages}. */
@ApplicationScoped
class DocumentRepository {
  private static final Statement INSERT =
      Statement.of(
          "documents.insert",
          """
      INSERT INTO documents (id, owner_id, name, tags, language, configuration, characters, passages, text, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      """);

  private static final Statement INSERT_PASSAGES =
      Statement.of(
          "document_passages.insert",
          """
      INSERT INTO document_passages (document_id, number, owner_id, configuration, text, words)
      SELECT $1::uuid, number, $2::uuid, $3::text, text, to_tsvector($3::text::regconfig, text)
      FROM unnest($4::int[], $5::text[]) AS new (number, text)
      """);

  private static final Statement LIST =
      Statement.of(
          "documents.list",
          """
      SELECT id, name, tags, language, configuration, characters, passages, created_at
      FROM documents
      WHERE owner_id = $1 AND ($2::uuid IS NULL OR id < $2)
      ORDER BY id DESC
      LIMIT $3
      """);

  private static final Statement FIND =
      Statement.of(
          "documents.find",
          """
      SELECT id, name, tags, language, configuration, characters, passages, created_at, text
      FROM documents
      WHERE id = $1 AND owner_id = $2
      """);

  private static final Statement DELETE =
      Statement.of("documents.delete", "DELETE FROM documents WHERE id = $1 AND owner_id = $2");

  // Headlines are made for what is answered alone: each reads its passage again.
  static final Statement SEARCH =
      Statement.of(
          "document_passages.search",
          """
      SELECT found.document_id, documents.name, documents.tags, found.number, found.rank::float8 AS rank, found.text,
             ts_headline(found.configuration::text::regconfig, found.text, found.question,
                         'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=30, MinWords=10') AS headline
      FROM passages_found($1, $2, $3) AS found
      JOIN documents ON documents.id = found.document_id
      ORDER BY found.rank DESC, found.document_id DESC, found.number
      """);

  void insert(Sql sql, UUID owner, Document document, List<String> passages) {
    sql.update(
        INSERT,
        document.id(),
        owner,
        document.name(),
        document.tags().toArray(String[]::new),
        document.language(),
        document.search(),
        document.characters(),
        document.passages(),
        document.text(),
        time(document.createdAt()));
    sql.update(
        INSERT_PASSAGES,
        document.id(),
        owner,
        document.search(),
        IntStream.range(0, passages.size()).boxed().toArray(Integer[]::new),
        passages.toArray(String[]::new));
  }

  List<Document> list(Sql sql, UUID owner, @Nullable UUID after, int limit) {
    return sql.query(LIST, owner, after, limit).stream()
        .map(row -> Document.from(row, null))
        .toList();
  }

  Optional<Document> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream()
        .findFirst()
        .map(row -> Document.from(row, row.getString("text")));
  }

  boolean delete(Sql sql, UUID owner, UUID id) {
    return sql.update(DELETE, id, owner) == 1;
  }

  /** The passages that fit best. */
  List<Passage> search(Sql sql, UUID owner, String question, int limit) {
    return sql.query(SEARCH, owner, question, limit).stream().map(Passage::from).toList();
  }
}
