package com.sutazai.security.quota;

import java.util.UUID;

/**
 * What was spent here and others do not know of yet.
 *
 * @param account a key, or an owner
 * @param requestsRate what refills of them a second
 * @param tokensRate what refills of them a second
 * @param day in days since 1970
 */
record Spent(
    UUID account,
    UUID owner,
    double requests,
    double tokens,
    double requestsRate,
    double tokensRate,
    long day,
    long dayTokens) {}
