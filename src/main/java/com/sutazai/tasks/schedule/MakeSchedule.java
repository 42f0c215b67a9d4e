package com.sutazai.tasks.schedule;

import com.sutazai.tasks.SubmitTask;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as a caller asks for it; {@code name}, {@code cron} and {@code task} are required.
 *
 * @param cron five fields: minute, hour, day of month, month, day of week
 * @param timeZone name of the zone that the times of {@code cron} are in; UTC by default
 * @param enabled whether it makes tasks; true by default
 * @param task what is submitted at each moment, without {@code run_at}, {@code expires_at} and
 *     {@code depends_on}
 * @param missed what to make for moments that have passed: {@code once} (by default) one task for
 *     all of them, {@code skip} none for those of more than a minute ago
 */
@RegisterForReflection
record MakeSchedule(
    @Nullable String name,
    @Nullable String cron,
    @Nullable String timeZone,
    @Nullable Boolean enabled,
    @Nullable SubmitTask task,
    @Nullable String missed) {}
