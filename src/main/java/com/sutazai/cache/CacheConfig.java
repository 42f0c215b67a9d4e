package com.sutazai.cache;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** What is kept in which region, for how long. */
@ConfigMapping(prefix = "sutazai.cache")
public interface CacheConfig {
  /** Agents as the database has them. */
  Agent agent();

  /** Answers of {@code GET /api/tasks/{id}} for tasks that have ended. */
  Tasks tasks();

  /** Answers of other routes. */
  Response response();

  /** Answers of models. */
  Model model();

  /** What was measured or computed at length. */
  Report report();

  /**
   * How long after its end an entry may still be answered when nothing newer can be had because the
   * database is away; 0 never.
   */
  @WithDefault("5m")
  @DurationMin
  Duration staleIfError();

  /** Whether active agents and recently ended tasks are loaded at the start. */
  @WithDefault("true")
  boolean warmAtStart();

  /** One region; the defaults are the guide's. */
  interface Region {
    @DurationMin
    Duration ttl();

    MemorySize maxBytes();
  }

  /** One whose entries are true until something changes. */
  interface Rows extends Region {
    /** How long after its end an entry may be answered while a newer one is loaded; 0 never. */
    @DurationMin
    Duration staleWhileRevalidate();
  }

  /** Region {@code agent}. */
  interface Agent extends Rows {
    /** How long an entry is answered. */
    @Override
    @WithDefault("600s")
    @DurationMin
    Duration ttl();

    /** Memory for entries, as they weigh when they are written down. */
    @Override
    @WithDefault("16M")
    MemorySize maxBytes();

    /** How long after its end an entry may be answered while a newer one is loaded; 0 never. */
    @Override
    @WithDefault("30s")
    @DurationMin
    Duration staleWhileRevalidate();
  }

  /** Region {@code tasks}. */
  interface Tasks extends Rows {
    /** How long an entry is answered. */
    @Override
    @WithDefault("300s")
    @DurationMin
    Duration ttl();

    /** Memory for entries, as they weigh when they are written down. */
    @Override
    @WithDefault("32M")
    MemorySize maxBytes();

    /** How long after its end an entry may be answered while a newer one is loaded; 0 never. */
    @Override
    @WithDefault("30s")
    @DurationMin
    Duration staleWhileRevalidate();
  }

  /** Region {@code response}. */
  interface Response extends Rows {
    /** How long an entry is answered. */
    @Override
    @WithDefault("300s")
    @DurationMin
    Duration ttl();

    /** Memory for entries, as they weigh when they are written down. */
    @Override
    @WithDefault("32M")
    MemorySize maxBytes();

    /** How long after its end an entry may be answered while a newer one is loaded; 0 never. */
    @Override
    @WithDefault("30s")
    @DurationMin
    Duration staleWhileRevalidate();
  }

  /** Region {@code model}. */
  interface Model extends Region {
    /** How long an entry is answered. */
    @Override
    @WithDefault("3600s")
    @DurationMin
    Duration ttl();

    /** Memory for entries, as they weigh when they are written down. */
    @Override
    @WithDefault("100M")
    MemorySize maxBytes();

    /** Bytes of entries that the table in PostgreSQL keeps at most; 0 keeps none there. */
    @WithDefault("512M")
    MemorySize databaseMaxBytes();

    /** How long a reader waits for that table; then it is not read for 5 s. */
    @WithDefault("1s")
    @DurationMin(millis = 1)
    Duration databaseTimeout();

    /**
     * How long a process that asks a model for a whole answer is waited for by others without a
     * sign of life; 0 never.
     */
    @WithDefault("5s")
    @DurationMin
    Duration lease();

    /** How long it is waited for at all; then the others ask too. */
    @WithDefault("60s")
    @DurationMin
    Duration leaseWait();
  }

  /** Region {@code report}. */
  interface Report extends Region {
    /** How long an entry is answered. */
    @Override
    @WithDefault("7d")
    @DurationMin
    Duration ttl();

    /** Memory for entries, as they weigh when they are written down. */
    @Override
    @WithDefault("4M")
    MemorySize maxBytes();
  }
}
