# Layers over the shared root of the lab: the packages of a host of the
# inventory in its versions, and what its role runs.  Part of lab, which reads
# this file; hosts with the same packages share a layer.

# list_packages INVENTORY: the packages of each dpkg host of LAB_LIST, a list in
# layers/ that is named by its digest; prints LAB_LIST with that name, or "-",
# behind each host.
list_packages() {
	mkdir -p layers
	echo "$LAB_LIST" | while read -r name role os release; do
		layer=-
		if ! has_rpm "$os"; then
			host_packages "$1" "$name" "$role" >"layers/new.$$"
			if [ -s "layers/new.$$" ]; then
				layer=$(sha256sum "layers/new.$$" | cut -c 1-16)
				mv "layers/new.$$" "layers/$layer.list"
			fi
			rm -f "layers/new.$$"
		fi
		echo "$name $role $os $release $layer"
	done
}

# host_packages INVENTORY NAME ROLE: lines "package version", "-" for any.
host_packages() {
	{
		sed "s/^/role $3 /" "${program%/*}/roles"
		cat "$1"
	} | LC_ALL=C awk -F '\t' -v name="$2" '
	/^role / {
		n = split($0, word, " ")
		if (word[2] == word[3])
			for (i = 4; i <= n; i++)
				print word[i], "-"
		next
	}
	$1 == "#pkg" {
		for (i = 2; i <= NF; i++)
			at[$i] = i
	}
	$1 == "pkg" && $at["host"] == name &&
	$at["package"] ~ /^[a-z0-9][a-z0-9+.-]+$/ &&
	$at["version"] ~ /^[A-Za-z0-9.+:~-]+$/ {
		print $at["package"], $at["version"]
	}' | LC_ALL=C sort -u | awk '!seen[$1 FS ($2 == "-")]++ { line[NR] = $0
	    if ($2 != "-") version[$1] = 1 }
	END { for (i = 1; i <= NR; i++) {
		split(line[i], word, " ")
		if (line[i] != "" && !(word[2] == "-" && word[1] in version))
			print line[i]
	} }'
}

# What to install of a list: PACKAGE=VERSION on standard output, and in the file
# notes what stands for what cannot be had.  Reads: the list, what is installed,
# what is offered (apt-cache madison).
choose_packages() {
	awk -v notes="$4" '
	FILENAME != file { file = FILENAME; part++ }
	part == 1 { wanted[++count] = $1; version[count] = $2 }
	part == 2 { have[$1] = $2 }
	part == 3 { offered[$1, $3] = 1; oldest[$1] = $3 }
	END {
		for (i = 1; i <= count; i++) {
			p = wanted[i]
			v = version[i]
			if (p in have && (v == "-" || have[p] == v))
				continue
			# of the machine, or another init than that of the lab
			if (p ~ /^(linux-(image|headers)|firmware-|grub|systemd|libpam-systemd|init$|.*-microcode$)/)
				print p, v ": stays out; the lab has no kernel, firmware or systemd of its own" >notes
			else if ((p, v) in offered)
				print p "=" v
			else if (p in have)
				print p, v ": cannot be had; " have[p] " stands for it" >notes
			else if (p in oldest) {
				print p "=" oldest[p]
				if (v != "-")
					print p, v ": cannot be had; " oldest[p] " stands for it" >notes
			} else
				print p, v ": cannot be had" >notes
		}
	}' "$1" "$2" "$3"
}

# install_list ROOT LIST NOTES: in the chroot; one by one what does not go
# together.
install_list() {
	# shellcheck disable=SC2016	# for dpkg-query
	chroot "$1" dpkg-query -f '${Package} ${Version}\n' -W >have
	# shellcheck disable=SC2046	# a list of words
	chroot "$1" apt-cache madison $(cut -d ' ' -f 1 "$2") |
	    sed 's/ *|/ |/g' >offered
	: >"$3"
	choose_packages "$2" have offered "$3" >chosen
	[ -s chosen ] || return 0
	set -- "$1" "$3" -qqy --no-install-recommends --allow-downgrades \
	    --no-remove -o DPkg::Options::=--force-unsafe-io -o APT::Default-Release="$codename" install
	# shellcheck disable=SC2046	# a list of words
	in_root "$@" $(cat chosen) && return
	while read -r package; do
		in_root "$@" "$package" ||
		    echo "$package: does not install" >>"$2"
	done <chosen
}

in_root() {
	root=$1
	shift 2
	DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
	    chroot "$root" apt-get "$@" >/dev/null
}

# build_layers LAYER...: those that are not there yet, each with a repository of
# its own that has what is pending in the old and the new version.
build_layers() {
	exec 9>lock
	flock 9
	for name; do
		[ -e "layers/$name" ] && continue
		name_archives
		rm -rf "layers/$name.new" scratch repository.new
		mkdir -p "layers/$name.new" scratch/work scratch/root
		export program codename main security controller
		unshare -m sh "$program" fill "layers/$name"
		rm -rf scratch
		build_repository "layers/$name.new:root" \
		    "layers/$name.new/usr/share/keyrings/lab-layer.gpg"
		mkdir -p repository/layers \
		    "layers/$name.new/etc/apt/sources.list.d"
		for half in "main $codename" "security $codename-security"; do
			echo "deb [signed-by=/usr/share/keyrings/lab-layer.gpg]" \
			    "http://$controller/layers/$name/${half%% *}" \
			    "${half#* } main"
		done >"layers/$name.new/etc/apt/sources.list.d/layer.list"
		rm -rf "repository/layers/$name"
		mv repository.new "repository/layers/$name"
		mv "layers/$name.new" "layers/$name"
	done
}

# fill LAYER: in a mount namespace of its own
fill() {
	root=scratch/root
	mount -t overlay lab $root -o \
	    "lowerdir=root,upperdir=$1.new,workdir=scratch/work"
	mount -t proc proc $root/proc
	mount --rbind /dev $root/dev
	cp $root/etc/apt/sources.list scratch/sources
	cat /etc/resolv.conf >$root/etc/resolv.conf
	printf 'deb %s main\n' "$main $codename" \
	    "$security $codename-security" >$root/etc/apt/sources.list
	chroot $root apt-get -qq update
	(cd scratch && install_list root "$PWD/../$1.list" "$PWD/../$1.notes")
	chroot "$root" apt-get clean
	rm -rf "$root"/var/lib/apt/lists/*
	cp scratch/sources "$root/etc/apt/sources.list"
}
