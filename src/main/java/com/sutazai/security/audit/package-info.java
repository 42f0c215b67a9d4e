/** What administrators did and what callers were refused, kept in {@code audit_log}. */
@NullMarked
package com.sutazai.security.audit;

import org.jspecify.annotations.NullMarked;
