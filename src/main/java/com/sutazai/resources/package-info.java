/** What the machine has, and the ledger of leases on it, for this process and in its memory. */
@NullMarked
package com.sutazai.resources;

import org.jspecify.annotations.NullMarked;
