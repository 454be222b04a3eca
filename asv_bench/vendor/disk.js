// Makes asv's page work when it is opened from disk, where a browser refuses to read files.
//
// publish.py writes every JSON file of the page a second time, as a script beside it that
// calls pyframe_page("graphs/....json", {...}).  Scripts may be loaded from disk, so a
// request for JSON becomes a script element, and everything else stays as it was.
'use strict';

(function ($) {
    var waiting = {};
    var request = $.ajax;

    window.pyframe_page = function (path, content) {
        (waiting[path] || []).forEach(function (answer) { answer.resolve(content); });
        delete waiting[path];
    };

    $.ajax = function (options) {
        if (window.location.protocol !== 'file:' || options.dataType !== 'json') {
            return request.apply($, arguments);
        }
        var url = options.url.split('?')[0];
        var path = decodeURIComponent(url);
        var answer = $.Deferred();
        if (waiting[path]) {
            waiting[path].push(answer);
            return answer.promise();
        }
        waiting[path] = [answer];
        var script = document.createElement('script');
        script.src = url + '.js';
        script.onerror = function () {
            (waiting[path] || []).forEach(function (one) { one.reject(); });
            delete waiting[path];
        };
        script.onload = function () { script.remove(); };
        document.head.appendChild(script);
        return answer.promise();
    };

    // The legend of Flot 4 is drawn as SVG and leaves its background to the page's style.
    $('<style>.legendLayer .background { fill: white; fill-opacity: 0.85; }</style>')
        .appendTo(document.head);

    // asv writes <b/> and <ul/>, which jQuery closed by itself before version 3.5.
    var unclosed = /<(?!area|br|col|embed|hr|img|input|link|meta|param)(([a-z][^\/\0>\x20\t\r\n\f]*)[^>]*)\/>/gi;
    $.htmlPrefilter = function (html) { return html.replace(unclosed, '<$1></$2>'); };

    // Flot 4 minds the limits of an axis only where it is told not to scale it by itself; asv
    // was written for a Flot that always did.  A limit that asv leaves open is taken from the
    // data; lines keep off the frame, and bars and histories that do not move stand on 0.
    function limited(axis, series, coordinate, bars) {
        if (!axis || (axis.min == null && axis.max == null)) {
            return axis;
        }
        var values = [];
        $.each(series, function (_, one) {
            $.each(one.data || one, function (_, point) {
                if (point && isFinite(point[coordinate]) && point[coordinate] !== null) {
                    values.push(+point[coordinate]);
                }
            });
        });
        var low = axis.min != null ? axis.min : Math.min.apply(null, values);
        var high = axis.max != null ? axis.max : Math.max.apply(null, values);
        if (!isFinite(low) || !isFinite(high)) {
            return axis;
        }
        if (coordinate === 1 && !axis.transform) {
            if (low === high || bars) {
                low = Math.min(low, 0);
            }
            var room = (high - low) / 20 || 1;
            low = low < 0 || low > room ? low - room : 0;
            high = high + room;
        }
        return $.extend({}, axis, {min: low, max: high, autoScale: 'none'});
    }

    // The labels of Flot 4 are SVG and know no <sup>.
    function plain(formatter) {
        return formatter && function () {
            return String(formatter.apply(this, arguments)).replace(/<sup>(.*?)<\/sup>/g, function (_, digits) {
                return digits.replace(/[-0-9]/g, function (one) {
                    return one === '-' ? '\u207b' : '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[one];
                });
            });
        };
    }

    var plot = $.plot;
    $.plot = $.extend(function (place, series, options) {
        options = $.extend({}, options);
        var bars = !!(options.series && options.series.bars && options.series.bars.show);
        options.xaxis = limited(options.xaxis, series, 0, bars);
        options.yaxis = limited(options.yaxis, series, 1, bars);
        if (options.yaxis && options.yaxis.tickFormatter) {
            options.yaxis = $.extend({}, options.yaxis, {tickFormatter: plain(options.yaxis.tickFormatter)});
        }
        return plot(place, series, options);
    }, plot);

    // Flot draws bars of one category on top of each other; asv gives each series bars.order
    // and sets bars.barWidth to the room of one, so each moves to its own place.
    $.plot.plugins.push({
        name: 'side-by-side',
        version: '1',
        options: {},
        init: function (plot) {
            plot.hooks.processDatapoints.push(function (_, series, points) {
                if (!series.bars.show || series.bars.order === undefined) {
                    return;
                }
                var all = plot.getData();
                var shift = (all.indexOf(series) - (all.length - 1) / 2) * series.bars.barWidth;
                for (var i = 0; i < points.points.length; i += points.pointsize) {
                    points.points[i] += shift;
                }
            });
        }
    });
})(window.jQuery);
