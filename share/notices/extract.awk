# All records of an owner's hosts, for each owner a file.  Every record that
# names a host is in exactly one of them; those that name none are in none.

/^#[a-z]/ { header[substr($1, 2), ++headers[substr($1, 2)]] = $0 }

!/^#/ {
	if (($1, "host") in at && get("host") != "") {
		line[++lines] = $0
		line_type[lines] = $1
		line_header[lines] = headers[$1]
		line_host[lines] = get("host")
	}
	if (($1 == "host" || $1 == "step") && get("owner") != "" &&
	    (!(get("host") in owned_by) || $1 == "step"))
		owned_by[get("host")] = get("owner")
}

function finish(    i, name, file, key)
{
	for (i = 1; i <= lines; i++) {
		name = line_host[i] in owned_by ? owned_by[line_host[i]] : ""
		file = folder "/" file_for(name) ".tsv"
		key = line_type[i] SUBSEP line_header[i]
		if (current[file, line_type[i]] != key && key in header) {
			print header[key] > file
			current[file, line_type[i]] = key
		}
		print line[i] > file
	}
}
