package com.sutazai.cache.http;

import com.sutazai.cache.Codec;
import com.sutazai.cache.http.StoredResponse.Head;
import com.sutazai.cache.http.StoredResponse.Other;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Writes the head's texts one after the other, then the body. */
final class StoredResponseCodec implements Codec<StoredResponse> {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public byte[] encode(StoredResponse response) {
    Head head = response.head();
    try {
      var bytes = new ByteArrayOutputStream(response.body().length() + 256);
      var out = new DataOutputStream(bytes);
      out.writeUTF(head.endpoint());
      out.writeUTF(head.contentType());
      out.writeUTF(head.etag());
      out.writeUTF(head.cacheControl());
      out.writeUTF(head.vary());
      out.writeShort(head.others().size());
      for (Other other : head.others()) {
        out.writeUTF(other.name());
        out.writeUTF(other.value());
      }
      out.write(response.body().getBytes());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public StoredResponse decode(byte[] bytes) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(bytes));
    String endpoint = in.readUTF();
    String contentType = in.readUTF();
    String etag = in.readUTF();
    String cacheControl = in.readUTF();
    String vary = in.readUTF();
    int count = in.readUnsignedShort();
    List<Other> others = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      others.add(new Other(in.readUTF(), in.readUTF()));
    }
    return new StoredResponse(
        new Head(endpoint, contentType, etag, cacheControl, vary, others), in.readAllBytes());
  }
}
