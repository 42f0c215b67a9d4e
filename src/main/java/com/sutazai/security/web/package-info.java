/** What browsers are told: what pages of ours may do, and which pages of others may read us. */
@NullMarked
package com.sutazai.security.web;

import org.jspecify.annotations.NullMarked;
