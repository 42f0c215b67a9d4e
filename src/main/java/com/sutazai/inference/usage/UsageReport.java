package com.sutazai.inference.usage;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.util.List;

/**
 * What was used in a time.
 *
 * @param owner whose it is; {@code *} for all together
 * @param from first day (UTC)
 * @param to last day
 */
@RegisterForReflection
record UsageReport(
    String owner, LocalDate from, LocalDate to, List<UsageSum> items, UsageSum totals) {}
