package com.sutazai.agents.documents;

import com.sutazai.agents.text.LanguageDetector;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Storage;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps documents of owners and finds passages of them by words. */
@ApplicationScoped
class Documents {
  static final int LONGEST_QUESTION = 1000;
  static final int MOST_FOUND = 100;

  private static final int MAX_BYTES = 1 << 20;

  private final Database database;
  private final DocumentRepository repository;
  private final Storage storage;
  private final Ids ids;
  private final InstantSource clock;

  Documents(
      Database database,
      DocumentRepository repository,
      Storage storage,
      Ids ids,
      InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.storage = storage;
    this.ids = ids;
    this.clock = clock;
  }

  /** Stores a document together with its passages. */
  Document make(UUID owner, MakeDocument asked) {
    storage.requireRoom();
    String text = text(asked.text());
    String language = LanguageDetector.detect(text).code();
    List<String> passages = Passages.of(text);
    var document =
        new Document(
            ids.next(),
            Check.text("name", asked.name(), 255),
            Check.words("tags", asked.tags()),
            language,
            SearchConfiguration.of(language),
            text.length(),
            passages.size(),
            clock.instant(),
            text);
    database.transaction(
        sql -> {
          repository.insert(sql, owner, document, passages);
          return true;
        });
    return document;
  }

  private static String text(@Nullable String given) {
    String text = Check.text("text", given, Integer.MAX_VALUE);
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new ProblemException(
          ErrorCode.PAYLOAD_TOO_LARGE,
          "text must have at most "
              + MAX_BYTES
              + " bytes in UTF-8; cut it into several documents.");
    }
    return text;
  }

  Page<Document> list(UUID owner, @Nullable UUID after, int limit) {
    return Pages.of(repository.list(database, owner, after, limit + 1), limit, Document::id);
  }

  /** The document, or 404 when the owner has none of this id. */
  Document find(UUID owner, UUID id) {
    return repository.find(database, owner, id).orElseThrow(() -> none(id));
  }

  void delete(UUID owner, UUID id) {
    if (!repository.delete(database, owner, id)) {
      throw none(id);
    }
  }

  private static ProblemException none(UUID id) {
    return ProblemException.notFound("document", id);
  }

  /** The passages that fit best, the best first. */
  List<Passage> search(UUID owner, String question, int limit) {
    return repository.search(database, owner, question, limit);
  }
}
